import type { TemplateInput } from '@flakebench/contract'
import { deleteConnection, newId, putConnection } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { CONNECTION, inputOf, refused, type ShownTemplate, TEMPLATE_FIELDS, templateApi, withConnections } from '../kit/templateApi.ts'
import { whileHeld } from '../kit/whileHeld.ts'

let kit: RunKit
const { create, update, read } = templateApi(() => kit)
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

interface RunOfTemplate {
  readonly id: string
  readonly templateVersion: number
  readonly newestTemplateVersion: number | null
  readonly plan: { readonly targetConnections: number }
}
const RUN_FIELDS = 'id templateVersion newestTemplateVersion plan { targetConnections }'
const readRun = async (id: string): Promise<RunOfTemplate> =>
  (await kit.graphql<{ run: RunOfTemplate }>(`query ($id: ID!) { run(id: $id) { ${RUN_FIELDS} } }`, { id })).run
const rerun = async (id: string, from: 'SNAPSHOT' | 'LATEST_TEMPLATE'): Promise<RunOfTemplate> =>
  (
    await kit.graphql<{ rerun: RunOfTemplate }>(
      `mutation ($id: ID!, $from: RerunFrom!) { rerun(id: $id, from: $from) { ${RUN_FIELDS} } }`,
      {
        id,
        from,
      },
    )
  ).rerun

describe('versions of templates', () => {
  it('begin with the first, which is nobody’s where nobody signs in', async () => {
    const made = await create()
    expect(made).toMatchObject({ version: 1, isUsed: false, createdBy: null, versions: [{ version: 1, runCount: 0, changes: [] }] })
    expect(made.versions[0]?.summary).toContain('2 connections on 1 worker')
  })

  it('take the default connection of their type, when they are made and when they are changed', async () => {
    const made = await create()
    expect(made.target).toEqual({ connectionId: kit.connectionId, connectionName: CONNECTION })
    expect((await update(made.id, withConnections(3))).target.connectionId).toBe(kit.connectionId)
  })

  it('that a run has used are kept, each with what changed in words', async () => {
    const { id } = await create()
    await kit.prepare({}, id)
    expect(await read(id)).toMatchObject({ version: 1, isUsed: true, versions: [{ runCount: 1 }] })
    const changed = await update(id, withConnections(5), 1)
    expect(changed).toMatchObject({ version: 2, isUsed: false })
    expect(changed.versions).toMatchObject([
      { version: 2, runCount: 0, changes: ['Connections: 2 → 5'], template: { version: 2, isUsed: false, load: { targetConnections: 5 } } },
      { version: 1, runCount: 1, changes: [], template: { version: 1, isUsed: true, load: { targetConnections: 2 } } },
    ])
  })

  it('stay as they are where a save changes nothing', async () => {
    const { id } = await create()
    expect(await update(id, inputOf(), 1)).toMatchObject({ version: 1 })
  })

  it('are told apart by two people who edit at once: the second learns of the first', async () => {
    const { id } = await create()
    await update(id, withConnections(3), 1)
    const refusal = await refused(update(id, withConnections(4), 1))
    expect(refusal.extensions.code).toBe('CONFLICT')
    expect(refusal.message).toBe(
      'Somebody has changed this template meanwhile: it is at version 2, and your change was made to version 1. ' +
        'Nothing was saved: open it again, and make your change to what it is now',
    )
    expect(await read(id)).toMatchObject({ version: 2, load: { targetConnections: 3 } })
    // Who expects nothing, as scripts do, is not held up.
    expect(await update(id, withConnections(4))).toMatchObject({ version: 3 })
  })

  it('go on when a run comes between opening the editor and saving', async () => {
    const { id } = await create()
    const runId = await kit.prepare({}, id)
    expect(await update(id, withConnections(9), 1)).toMatchObject({ version: 2, versions: [{ version: 2 }, { version: 1, runCount: 1 }] })
    expect(await readRun(runId)).toEqual({ id: runId, templateVersion: 1, newestTemplateVersion: 2, plan: { targetConnections: 2 } })
  })

  it('are kept when the template is deleted, and nobody can change it any more', async () => {
    const { id } = await create()
    const runId = await kit.prepare({}, id)
    await kit.graphql('mutation ($id: ID!) { deleteTemplate(id: $id) }', { id })
    expect(await readRun(runId)).toMatchObject({ templateVersion: 1, newestTemplateVersion: null })
    expect((await refused(update(id, inputOf(), 1))).extensions.code).toBe('NOT_FOUND')
  })

  it('begin anew in a copy', async () => {
    const { id } = await create()
    await kit.prepare({}, id)
    await update(id, withConnections(3))
    const { copy } = await kit.graphql<{ copy: ShownTemplate }>(
      `mutation ($id: ID!) { copy: duplicateTemplate(id: $id) { ${TEMPLATE_FIELDS} } }`,
      { id },
    )
    expect(copy).toMatchObject({
      name: 'Copy of Orders',
      version: 1,
      isUsed: false,
      load: { targetConnections: 3 },
      versions: [{ version: 1 }],
    })
  })
})

describe('a template with a connection that is deleted in this very moment', () => {
  it.each(['made', 'changed'])('is not %s, and says at its field what to do', async how => {
    const { db } = kit.control
    const { id } = await create()
    const { host, port, user, database } = kit.sut
    const connectionId = newId()
    const settings = { host, port, user, database, tls: 'OFF', ca: null } as const
    await putConnection(db, { id: connectionId, name: `Doomed, ${how}`, type: 'POSTGRES', settings, sealedCredentials: null })
    const input = inputOf({ target: { table: 'orders', connectionId } })
    const second = await whileHeld(
      kit.control,
      tx => deleteConnection(tx, connectionId),
      () => refused(how === 'made' ? create(input) : update(id, input)),
    )
    const message = 'The connection that target.connectionId names is not there (any more): choose another one'
    expect(second).toMatchObject({
      status: 'fulfilled',
      value: { extensions: { code: 'VALIDATION_FAILED', problems: [{ path: 'target.connectionId', message }] } },
    })
    expect(await read(id)).toMatchObject({ version: 1, target: { connectionId: kit.connectionId } })
  })
})

describe('the values of a parameter', () => {
  it('may be null, and come back as they were', async () => {
    const values = [1, null, 'x', false]
    const generic = [{ operationType: 'READ', weight: 100, sql: 'SELECT ?', parameters: [{ values }] }] as const
    const { id } = await create(inputOf({ operations: { generic } }))
    const query = 'query ($id: ID!) { template(id: $id) { operations { generic { parameters { values } } } } }'
    expect(await kit.graphql(query, { id })).toEqual({ template: { operations: { generic: [{ parameters: [{ values }] }] } } })
  })
})

describe('a run once more', () => {
  it('has the version it had, or the newest', async () => {
    const { id } = await create()
    const runId = await kit.prepare({}, id)
    await update(id, withConnections(6))
    expect(await rerun(runId, 'SNAPSHOT')).toMatchObject({ templateVersion: 1, newestTemplateVersion: 2, plan: { targetConnections: 2 } })
    expect(await rerun(runId, 'LATEST_TEMPLATE')).toMatchObject({ templateVersion: 2, plan: { targetConnections: 6 } })
    expect((await read(id)).versions).toMatchObject([
      { version: 2, runCount: 1 },
      { version: 1, runCount: 2 },
    ])
  })

  it('of a template that is not here has the version that it came with, and no newest one', async () => {
    const runId = await kit.prepare()
    // As it is when a run was brought in from another installation.
    await kit.control.db.execute('UPDATE run_status SET template_id = ? WHERE run_id = ?', ['elsewhere', runId])
    await kit.control.db.execute('UPDATE test_results SET imported_at = CURRENT_TIMESTAMP WHERE test_id = ?', [runId])
    expect(await readRun(runId)).toMatchObject({ templateVersion: 1, newestTemplateVersion: null })
    expect((await refused(rerun(runId, 'LATEST_TEMPLATE'))).extensions.code).toBe('NOT_FOUND')
  })
})

describe('checking a template', () => {
  const check = async (input: TemplateInput): Promise<unknown> =>
    (
      await kit.graphql<{ checkTemplate: unknown }>(
        'query ($input: TemplateInput!) { checkTemplate(input: $input) { summary problems { path message } hints { path message } } }',
        { input },
      )
    ).checkTemplate

  it('tells every problem at its field, and saves nothing', async () => {
    const count = 'query { templates { totalCount } }'
    const before = await kit.graphql(count)
    expect(
      await check(
        inputOf({
          operations: { pointLookup: { weight: 95 } },
          slos: [{ kind: 'INSERT', p95Ms: 9, p99Ms: 5 }],
          load: { durationSeconds: 0 },
        }),
      ),
    ).toMatchObject({
      summary: null,
      problems: [{ path: 'load.durationSeconds' }, { path: 'operations' }, { path: 'slos.0.p99Ms' }],
    })
    expect(await kit.graphql(count)).toEqual(before)
  })

  it('tells hints beside problems, and that a connection is not there', async () => {
    const target = { table: 'orders', connectionId: 'gone' }
    expect(await check(inputOf({ target, load: { durationSeconds: 0 }, advanced: { seed: 3 } }))).toMatchObject({
      summary: null,
      problems: [{ path: 'load.durationSeconds' }, { path: 'target.connectionId' }],
      hints: [{ path: 'advanced.seed' }],
    })
  })

  it('tells what it would do, and what is worth knowing', async () => {
    expect(await check(inputOf({ load: { targetConnections: 2, warmupSeconds: 0 } }))).toEqual({
      summary: '2 connections on 1 worker for 5 min without warmup, 100 % point lookups on public.orders',
      problems: [],
      hints: [
        { path: 'target.connectionId', message: `No connection is chosen: it is saved with the default, ${CONNECTION}` },
        { path: 'load.warmupSeconds', message: 'Without warmup the first seconds measure cold connections and caches' },
      ],
    })
  })
})
