import { request } from 'node:http'
import { claimRun, newId, putResult, putRunMarks, readRunMarks } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { sampleResult } from '../kit/sampleFigures.ts'
import { SECRETS } from '../kit/secretSearch.ts'

let kit: RunKit
let templateId: string
beforeAll(async () => {
  kit = await openRunKit({ environment: { FLAKEBENCH_BUNDLE_LIMIT_MB: '1' } })
  templateId = await kit.createTemplate({ name: 'Kept' })
})
afterAll(() => kit.close())

const RUN = 'id name status tags annotation isBaseline deletedAt importedAt fingerprint rerunOf'

interface Marks {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly tags: readonly string[]
  readonly annotation: string | null
  readonly isBaseline: boolean
  readonly deletedAt: string | null
  readonly importedAt: string | null
  readonly fingerprint: string
  readonly rerunOf: string | null
}

const change = async (mutation: string): Promise<Marks> =>
  Object.values(await kit.graphql<Record<string, Marks>>(`mutation { ${mutation} { ${RUN} } }`))[0] as Marks
const refused = (document: string) => refusalOf(kit.server.url, document)

interface Page {
  readonly edges: readonly { readonly node: Marks; readonly cursor: string }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly totalCount: number
}

const list = async (args: string): Promise<Page> =>
  (
    await kit.graphql<{ runs: Page }>(
      `{ runs(${args}) { edges { cursor node { ${RUN} } } pageInfo { hasNextPage endCursor } totalCount } }`,
    )
  ).runs

/** Over, with a result. */
const finish = async (runId: string, qps: number): Promise<void> => {
  const { db } = kit.control
  await putResult(
    db,
    runId,
    (await claimRun(db, runId, 'server-9')) as number,
    sampleResult({ qps, byKind: [], warmupByKind: [], latency: null }),
  )
  await db.execute(
    "UPDATE run_status SET status = 'COMPLETED', phase = 'COMPLETED', start_time = CURRENT_TIMESTAMP, lease_expires_at = NULL WHERE run_id = ?",
    [runId],
  )
  await db.execute("UPDATE test_results SET status = 'COMPLETED' WHERE test_id = ?", [runId])
}

describe('the list of runs', () => {
  it('is sorted, filtered and paged by the server, and its cursors hold for one sort', async () => {
    const tag = 'a list'
    const ids: string[] = []
    for (const qps of [30, 10, 20]) {
      const id = await kit.prepare({ name: `at ${qps}` }, templateId)
      ids.push(id)
      await finish(id, qps)
      await putRunMarks(kit.control.db, id, { tags: [tag] })
    }
    const unmeasured = await kit.prepare({ name: 'not begun' }, templateId)
    await putRunMarks(kit.control.db, unmeasured, { tags: [tag] })
    const filter = `filter: { tags: ["${tag}"] }`
    const found: string[] = []
    for (let after = ''; ; ) {
      const page = await list(`first: 1, ${filter}, sort: { field: QPS, direction: ASC } ${after}`)
      expect(page.totalCount).toBe(4)
      found.push(...page.edges.map(({ node }) => node.name))
      if (!page.pageInfo.hasNextPage) break
      after = `, after: "${page.pageInfo.endCursor}"`
    }
    expect(found).toEqual(['at 10', 'at 20', 'at 30', 'not begun'])
    expect((await list(`${filter}`)).edges.map(({ node }) => node.id)).toEqual([unmeasured, ...ids.toReversed()])
    const { endCursor } = (await list(`first: 1, ${filter}, sort: { field: QPS }`)).pageInfo
    const other = await refused(`{ runs(after: "${endCursor}", sort: { field: NAME }) { totalCount } }`)
    expect(other).toMatchObject({
      message: expect.stringMatching(/cursor of another sort/),
      extensions: { code: 'VALIDATION_FAILED', problems: [{ path: 'after' }] },
    })
    for (const garbage of ['x', newId(), Buffer.from('["QPS","DESC","fast","01"]').toString('base64url')]) {
      const refusal = await refused(`{ runs(after: "${garbage}", sort: { field: QPS }) { totalCount } }`)
      expect(refusal).toMatchObject({ message: expect.stringMatching(/is no cursor/), extensions: { code: 'VALIDATION_FAILED' } })
    }
    const day = new Date().toISOString().slice(0, 10)
    expect((await list(`filter: { tags: ["${tag}"], createdTo: "${day}T00:00:00Z" }`)).totalCount).toBe(0)
    expect((await list(`filter: { search: "A LIST", loadMode: [CONCURRENCY], status: [COMPLETED] }`)).totalCount).toBe(3)
  })

  it('answers a result without its kinds as it does with them', async () => {
    const id = await kit.prepare({ name: 'plain' }, templateId)
    await finish(id, 7)
    const FIELDS =
      'result { qps totalOperations findMax { connections } lostWorkers { workerId } errors { category count } arrivals { planned } }'
    const document = `query ($id: ID!) { plain: run(id: $id) { ${FIELDS} aggregateMetrics { qps } } whole: run(id: $id) { ${FIELDS.replace('{', '{ ...K')} aggregateMetrics { qps byKind { label } } } } fragment K on RunResult { byKind { label } }`
    const answer = await kit.graphql<{
      plain: { result: object; aggregateMetrics: object }
      whole: { result: object; aggregateMetrics: object }
    }>(document, { id })
    expect(answer.whole.result).toEqual({ ...answer.plain.result, byKind: [] })
    expect(answer.whole.aggregateMetrics).toEqual({ ...answer.plain.aggregateMetrics, byKind: [] })
  })
})

describe('what is noted of a run', () => {
  it('is kept, cleaned and shown', async () => {
    const id = await kit.prepare({}, templateId)
    expect(
      await change(`annotateRun(id: "${id}", tags: [" upgrade 2 ", "x", "x"], annotation: " first ", isBaseline: true)`),
    ).toMatchObject({
      tags: ['upgrade 2', 'x'],
      annotation: 'first',
      isBaseline: true,
    })
    expect(await change(`annotateRun(id: "${id}", annotation: "")`)).toMatchObject({
      tags: ['upgrade 2', 'x'],
      annotation: null,
      isBaseline: true,
    })
    const { tags } = await kit.graphql<{ tags: { name: string; count: number }[] }>('{ tags { name count } warehouseSizes }')
    expect(tags).toContainEqual({ name: 'upgrade 2', count: 1 })
  })

  it('that cannot be kept is refused with everything that is wrong', async () => {
    const id = await kit.prepare({}, templateId)
    const bad = JSON.stringify(['', 'y'.repeat(41), 'a,b', ...Array.from({ length: 20 }, (_, i) => `t${i}`)])
    const { extensions } = await refused(`mutation { annotateRun(id: "${id}", tags: ${bad}, annotation: "${'z'.repeat(4_001)}") { id } }`)
    expect(extensions.code).toBe('VALIDATION_FAILED')
    expect(extensions.problems?.map(({ path }) => path)).toEqual(['tags', 'tags[0]', 'tags[1]', 'tags[2]', 'annotation'])
    expect((await refused(`mutation { annotateRun(id: "nobody", isBaseline: true) { id } }`)).extensions.code).toBe('NOT_FOUND')
  })
})

describe('a deleted run', () => {
  it('is in no list and cannot be started, is shown by its id, and comes back', async () => {
    const own = await kit.createTemplate({ name: 'Deleted' })
    const id = await kit.prepare({}, own)
    const ofTemplate = async () =>
      (
        await kit.graphql<{ template: { usageCount: number; recentRuns: { id: string }[] } }>(
          `{ template(id: "${own}") { usageCount recentRuns { id } } }`,
        )
      ).template
    expect(await ofTemplate()).toEqual({ usageCount: 1, recentRuns: [{ id }] })
    expect((await change(`deleteRun(id: "${id}")`)).deletedAt).not.toBeNull()
    expect(await ofTemplate()).toEqual({ usageCount: 0, recentRuns: [] })
    expect((await list(`filter: { templateId: "${own}" }`)).totalCount).toBe(0)
    expect((await list(`filter: { templateId: "${own}", deleted: true }`)).edges.map(({ node }) => node.id)).toEqual([id])
    expect(await kit.graphql(`{ run(id: "${id}") { id deletedAt } }`)).toMatchObject({ run: { id, deletedAt: expect.any(String) } })
    expect(await refused(`mutation { startRun(id: "${id}") { id } }`)).toMatchObject({ message: expect.stringMatching(/restore it first/) })
    expect((await change(`restoreRun(id: "${id}")`)).deletedAt).toBeNull()
    expect(await ofTemplate()).toEqual({ usageCount: 1, recentRuns: [{ id }] })
    await kit.control.db.execute("UPDATE run_status SET status = 'STARTING' WHERE run_id = ?", [id])
    expect(await refused(`mutation { deleteRun(id: "${id}") { id } }`)).toMatchObject({ extensions: { code: 'WRONG_STATE' } })
    await kit.control.db.execute("UPDATE run_status SET status = 'FAILED' WHERE run_id = ?", [id])
  })
})

describe('a rerun', () => {
  it('takes the frozen plan, seed and all, or the template as it is now', async () => {
    const own = await kit.createTemplate({ name: 'Repeated' })
    const id = await kit.prepare({ name: 'the first', seed: 77, targetConnections: 4 }, own)
    await kit.control.db.execute('UPDATE test_templates SET version = 2 WHERE template_id = ?', [own])
    const again = await change(`rerun(id: "${id}")`)
    expect(again).toMatchObject({ name: 'the first', status: 'PREPARED', rerunOf: id })
    const [first, second] = [await kit.record(id), await kit.record(again.id)]
    expect(second.plan).toEqual(first.plan)
    expect(second.number).toBe(2)
    const marks = await readRunMarks(kit.control.db, [id])
    expect(again.fingerprint).toBe(marks.get(id)?.fingerprint)
    const latest = await change(`rerun(id: "${id}", from: LATEST_TEMPLATE)`)
    expect(latest).toMatchObject({ name: 'Repeated', rerunOf: id })
    expect(latest.fingerprint).not.toBe(again.fingerprint)
    expect((await kit.record(latest.id)).plan).toMatchObject({ templateVersion: 2, targetConnections: 2 })
    // A run of the same configuration with another seed and name is a trial of it.
    const trial = await kit.prepare({ name: 'other', seed: 78, targetConnections: 4 }, own)
    expect((await list(`filter: { fingerprint: "${again.fingerprint}" }`)).edges.map(({ node }) => node.id).sort()).toEqual([
      id,
      again.id,
      trial,
    ])
    await kit.control.db.execute(`UPDATE run_status SET scenario_config = PARSE_JSON(?) WHERE run_id = ?`, [
      JSON.stringify({ ...first.plan, poolSetId: newId(), target: { ...first.plan.target, connectionId: newId() } }),
      id,
    ])
    const { message } = await refused(`mutation { rerun(id: "${id}") { id } }`)
    expect(message).toMatch(/no saved connection.*value pools that it drew from are not there any more/)
    expect((await refused('mutation { rerun(id: "nobody") { id } }')).extensions.code).toBe('NOT_FOUND')
  })
})

const post = (path: string, body: Buffer | string, headers: Readonly<Record<string, string>>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request(`${kit.server.url}${path}`, { method: 'POST', headers }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      // Not its end: whoever is refused in the middle of a body may find the connection closed after the answer.
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })

const GZIP = { 'content-type': 'application/gzip' }

describe('files', () => {
  it('are served to whoever knows their address, and a bundle comes back in', async () => {
    const id = await kit.prepare({ name: 'Sent away' }, templateId)
    expect(await refused(`mutation { exportRun(id: "${id}", format: BUNDLE) { url } }`)).toMatchObject({
      extensions: { code: 'WRONG_STATE' },
    })
    await finish(id, 5)
    const { exportRun } = await kit.graphql<{ exportRun: { name: string; url: string; bytes: number } }>(
      `mutation { exportRun(id: "${id}", format: BUNDLE) { name url bytes } }`,
    )
    const served = await fetch(`${kit.server.url}${exportRun.url}`)
    expect(served.headers.get('content-disposition')).toContain('attachment')
    const bundle = Buffer.from(await served.arrayBuffer())
    expect(bundle.length).toBe(exportRun.bytes)
    SECRETS.lookInBytes('a bundle', bundle)
    const elsewhere = exportRun.url.replace(/\/exports\/..../, '/exports/AAAA')
    for (const path of [elsewhere, '/exports/..%2fbundles/x', `${exportRun.url}.gz`, '/exports/']) {
      expect((await fetch(`${kit.server.url}${path}`)).headers.get('content-disposition')).toBeNull()
    }

    const chosen = (format: string): string =>
      `mutation { exportRun(id: "${id}", format: ${format}, executions: true, filter: { toSeconds: 3 }, sort: { field: RESPONSE }) { name url } }`
    const { exportRun: csv } = await kit.graphql<{ exportRun: { name: string; url: string } }>(chosen('CSV'))
    expect(csv.name).toMatch(/^sent-away-\d+-chosen-executions\.csv$/)
    expect(await (await fetch(`${kit.server.url}${csv.url}`)).text()).toMatch(/^execution_id,worker_id,.*\r\n$/)
    expect(await refused(chosen('JSON'))).toMatchObject({ extensions: { code: 'VALIDATION_FAILED', problems: [{ path: 'filter' }] } })

    const sent = await post('/bundles', bundle, GZIP)
    expect(sent.status).toBe(201)
    const { file } = JSON.parse(sent.text) as { file: string }
    expect(await refused(`mutation { importRun(file: "${file}") { id } }`)).toMatchObject({ extensions: { code: 'CONFLICT', runId: id } })
    const { db } = kit.control
    for (const table of ['test_results', 'run_status']) await db.execute(`DELETE FROM ${table} WHERE run_id = ?`, [id])
    const imported = await change(`importRun(file: "${file}")`)
    expect(imported).toMatchObject({ id, name: 'Sent away', status: 'COMPLETED', importedAt: expect.any(String) })
    expect(await kit.read(id)).toMatchObject({ status: 'COMPLETED', result: { qps: 5 } })
    expect(
      await kit.graphql(`{ run(id: "${id}") { plan { target { connectionName } } workers { workerId } history { qps } } }`),
    ).toMatchObject({
      run: { plan: { target: { connectionName: null } } },
    })
    expect((await refused(`mutation { rerun(id: "${id}") { id } }`)).message).toMatch(/another installation/)
    expect(await refused(`mutation { importRun(file: "${file}") { id } }`)).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  it('are taken from nobody else, of no other kind, and not too large', async () => {
    expect(await post('/bundles', 'x', { ...GZIP, origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(await post('/bundles', 'x', { ...GZIP, host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await post('/bundles', 'x', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    const large = Buffer.alloc(1_100_000)
    expect(await post('/bundles', large, { ...GZIP, 'transfer-encoding': 'chunked' })).toMatchObject({ status: 413 })
    expect(await post('/bundles', 'no bundle', { ...GZIP, origin: 'http://localhost:5173' })).toMatchObject({ status: 201 })
    // Two at once, and four of the largest at most, until they are brought in or a day is over.
    const open = [1, 2].map(() => {
      const asked = request(`${kit.server.url}/bundles`, { method: 'POST', headers: { ...GZIP, 'transfer-encoding': 'chunked' } })
      asked.on('error', () => undefined)
      asked.write('begun')
      return asked
    })
    await vi.waitFor(async () =>
      expect(await post('/bundles', 'x', GZIP)).toMatchObject({ status: 429, text: expect.stringMatching(/already/) }),
    )
    for (const asked of open) asked.destroy()
    await vi.waitFor(async () => expect(await post('/bundles', Buffer.alloc(1_000_000), GZIP)).toMatchObject({ status: 201 }))
    const answers: string[] = []
    for (let i = 0; i < 5; i++) answers.push((await post('/bundles', Buffer.alloc(1_000_000), GZIP)).text)
    expect(answers.at(-1)).toMatch(/holds 4 MiB already.*remove files from it/)
    const { exportRuns } = await kit.graphql<{ exportRuns: { url: string } }>(
      'mutation { exportRuns(format: CSV, sort: { field: NAME, direction: ASC }) { url } }',
    )
    expect(await (await fetch(`${kit.server.url}${exportRuns.url}`)).text()).toMatch(/^id,name,/)
  })
})
