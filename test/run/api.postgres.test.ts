import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit, templateOf } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

interface Page {
  readonly edges: readonly {
    readonly cursor: string
    readonly node: { readonly id: string; readonly name: string; readonly status?: string }
  }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly totalCount: number
}

const PAGE = '{ edges { cursor node { id name } } pageInfo { hasNextPage endCursor } totalCount }'

/** All pages of a list, one after the other. */
const walk = async (list: 'runs' | 'templates', first: number, rest = ''): Promise<readonly Page[]> => {
  const pages: Page[] = []
  for (let after: string | null = null; ; ) {
    const variables: Readonly<Record<string, unknown>> = { first, after }
    const found: Record<string, Page> = await kit.graphql(
      `query ($first: Int!, $after: String) { ${list}(first: $first, after: $after ${rest}) ${PAGE} }`,
      variables,
    )
    const page = found[list] as Page
    pages.push(page)
    if (!page.pageInfo.hasNextPage) return pages
    after = page.pageInfo.endCursor
  }
}

const namesIn = (pages: readonly Page[]): readonly string[] => pages.flatMap(({ edges }) => edges.map(({ node }) => node.name))

describe('a template', () => {
  const CREATE = `mutation ($input: TemplateInput!) { createTemplate(input: $input) { ${'id name version summary target { table schema connectionName } operations { pointLookup { weight } insert { weight } } load { mode targetConnections durationSeconds } advanced { drainTimeoutSeconds } usageCount'} } }`

  it('is made complete, changed as a whole, copied, and taken out of the lists', async () => {
    const { createTemplate: made } = await kit.graphql<{ createTemplate: Record<string, unknown> & { id: string } }>(CREATE, {
      input: templateOf(kit.connectionId, { name: '  Life of a template  ' }),
    })
    expect(made).toMatchObject({
      name: 'Life of a template',
      version: 1,
      target: { table: 'orders', schema: 'public', connectionName: 'System under test' },
      operations: { pointLookup: { weight: 100 }, insert: { weight: 0 } },
      load: { mode: 'CONCURRENCY', targetConnections: 2, durationSeconds: 2 },
      advanced: { drainTimeoutSeconds: 120 },
      usageCount: 0,
    })
    const { id } = made
    const runId = await kit.prepare({}, id)

    const changed = templateOf(kit.connectionId, { name: 'Changed', operations: { insert: { weight: 100 } }, load: { durationSeconds: 7 } })
    const { updateTemplate } = await kit.graphql<{ updateTemplate: object }>(
      'mutation ($id: ID!, $input: TemplateInput!) { updateTemplate(id: $id, input: $input) { id name version usageCount operations { pointLookup { weight } insert { weight } } load { targetConnections durationSeconds } } }',
      { id, input: changed },
    )
    expect(updateTemplate).toEqual({
      id,
      name: 'Changed',
      version: 2,
      usageCount: 1,
      operations: { pointLookup: { weight: 0 }, insert: { weight: 100 } },
      load: { targetConnections: 10, durationSeconds: 7 },
    })
    const { run } = await kit.graphql<{ run: object }>(
      'query ($id: ID!) { run(id: $id) { name number templateId plan { load { durationSeconds } operations { kind weight } } } }',
      { id: runId },
    )
    expect(run).toEqual({
      name: 'Life of a template',
      number: 1,
      templateId: id,
      plan: { load: { durationSeconds: 2 }, operations: [{ kind: 'POINT_LOOKUP', weight: 100 }] },
    })

    const copy =
      'mutation ($id: ID!, $name: String) { duplicateTemplate(id: $id, name: $name) { id name version usageCount load { durationSeconds } recentRuns { id } } }'
    const { duplicateTemplate } = await kit.graphql<{ duplicateTemplate: { id: string } }>(copy, { id })
    expect(duplicateTemplate).toMatchObject({
      name: 'Copy of Changed',
      version: 1,
      usageCount: 0,
      load: { durationSeconds: 7 },
      recentRuns: [],
    })
    expect(duplicateTemplate.id).not.toBe(id)

    expect(await kit.graphql('mutation ($id: ID!) { deleteTemplate(id: $id) }', { id })).toEqual({ deleteTemplate: id })
    for (const document of ['query ($id: ID!) { template(id: $id) { id } }', 'mutation ($id: ID!) { deleteTemplate(id: $id) }', copy]) {
      expect((await refusalOf(kit.server.url, document, { id })).extensions.code).toBe('NOT_FOUND')
    }
    expect(namesIn(await walk('templates', 200))).not.toContain('Changed')
    expect(await kit.graphql('query ($id: ID!) { run(id: $id) { name } }', { id: runId })).toEqual({ run: { name: 'Life of a template' } })
  })

  it('is listed in pages, in the order in which it was made, and found by a part of its name', async () => {
    for (let i = 1; i <= 5; i++) await kit.createTemplate({ name: `Paged template ${i}` })
    const pages = await walk('templates', 2, ', search: "paged TEMPLATE"')
    expect(pages.map(({ edges }) => edges.length)).toEqual([2, 2, 1])
    expect(pages.every(({ totalCount }) => totalCount === 5)).toBe(true)
    expect(namesIn(pages)).toEqual([1, 2, 3, 4, 5].map(i => `Paged template ${i}`))
  })
})

describe('runs', () => {
  it('are listed in pages, newest first, and found by state and name', async () => {
    const template = await kit.createTemplate({ name: 'Listed' })
    const ids: string[] = []
    for (let i = 1; i <= 5; i++) ids.push(await kit.prepare({ name: `Listed ${i}` }, template))
    await kit.stop(ids[1] ?? '')
    const listed = `, filter: { templateId: "${template}" }`
    expect(namesIn(await walk('runs', 2, listed))).toEqual([5, 4, 3, 2, 1].map(i => `Listed ${i}`))
    expect(namesIn(await walk('runs', 2, `, filter: { templateId: "${template}", status: [CANCELLED] }`))).toEqual(['Listed 2'])
    expect(namesIn(await walk('runs', 2, `, filter: { templateId: "${template}", search: "listed 4" }`))).toEqual(['Listed 4'])
    expect(namesIn(await walk('runs', 2, `, filter: { templateId: "${template}", tableType: [HYBRID] }`))).toEqual([])
    expect(namesIn(await walk('runs', 2, `, filter: { search: "100%" }`))).toEqual([])
  })

  it('stand side by side in the order that was asked for', async () => {
    const [a, b, c] = [await kit.prepare(), await kit.prepare(), await kit.prepare()]
    expect(await kit.graphql('query ($ids: [ID!]!) { compareRuns(ids: $ids) { runs { id } } }', { ids: [c, a, b] })).toEqual({
      compareRuns: { runs: [{ id: c }, { id: a }, { id: b }] },
    })
  })
})

describe('a request that cannot be met', () => {
  it.each([
    ['NOT_FOUND', 'query { run(id: "nothing") { id } }'],
    ['NOT_FOUND', 'query { template(id: "nothing") { id } }'],
    ['NOT_FOUND', 'mutation { prepareRun(templateId: "nothing") { id } }'],
    ['NOT_FOUND', 'mutation { startRun(id: "nothing") { id } }'],
    ['NOT_FOUND', 'mutation { stopRun(id: "nothing") { id } }'],
    ['NOT_FOUND', 'query { compareRuns(ids: ["nothing", "nobody"]) { runs { id } } }'],
    ['VALIDATION_FAILED', 'query { compareRuns(ids: ["one"]) { runs { id } } }'],
    ['VALIDATION_FAILED', 'query { compareRuns(ids: ["one", "one"]) { runs { id } } }'],
    ['VALIDATION_FAILED', 'query { runs(first: 0) { totalCount } }'],
    ['VALIDATION_FAILED', 'query { runs(first: 201) { totalCount } }'],
    ['GRAPHQL_VALIDATION_FAILED', 'query { nonsense }'],
    ['GRAPHQL_PARSE_FAILED', 'query {'],
  ])('is refused with %s: %s', async (code, document) => {
    const { extensions, message } = await refusalOf(kit.server.url, document)
    expect(extensions.code).toBe(code)
    expect(message.length).toBeGreaterThan(0)
    expect(Object.keys(extensions).every(key => ['code', 'problems'].includes(key))).toBe(true)
  })

  it('gives null beside the error for a run that does not exist', async () => {
    expect((await ask(kit.server.url, 'query { run(id: "nothing") { id } }')).data).toEqual({ run: null })
  })

  it('is refused for a variable of the wrong type', async () => {
    const { extensions } = await refusalOf(kit.server.url, 'query ($first: Int!) { runs(first: $first) { totalCount } }', { first: 'many' })
    expect(extensions.code).toBe('BAD_USER_INPUT')
  })
})

describe('the health of the server', () => {
  it('is told over HTTP and GraphQL alike', async () => {
    const response = await fetch(`${kit.server.url}/health`)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ ok: true, problem: null, activeRuns: 0 })
    expect(await kit.graphql('query { health { ok problem activeRuns } }')).toEqual({ health: { ok: true, problem: null, activeRuns: 0 } })
  })
})
