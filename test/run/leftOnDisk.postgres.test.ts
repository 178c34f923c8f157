import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionsKept } from '@flakebench/contract'
import { listEnrichments, readExecutionsKept, readResults } from '@flakebench/store'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { newHome, startServer } from '../kit/startServer.ts'

const keptOf = async (kit: RunKit, id: string): Promise<ExecutionsKept | undefined> =>
  (await readExecutionsKept(kit.control.db, [id])).get(id)

const startedOf = async (kit: RunKit, id: string): Promise<number | undefined> =>
  (await readResults(kit.control.db, [id])).get(id)?.accounting.started

/** Readers pass, a loader waits, until it is ended. */
const holdLoaders = async (kit: RunKit): Promise<pg.Client> => {
  const holder = new pg.Client({ connectionString: kit.control.adminUrl })
  await holder.connect()
  await holder.query(`BEGIN; LOCK TABLE "${kit.control.adminSchema('test_results')}".query_executions IN EXCLUSIVE MODE`)
  return holder
}

const untilLoading = (kit: RunKit, id: string): Promise<unknown> =>
  until(
    'it loads',
    async () => (await kit.record(id)).processing?.step,
    step => step === 'EXECUTIONS',
  )

const LOAD = 'mutation ($id: ID!) { loadExecutions(id: $id) { id executionsKept { state loaded } statements { label } } }'

describe.concurrent('executions on the disk of a server', () => {
  it('that was killed are all loaded by its heir on the same machine, which has a home of its own', () =>
    withOwnKit(
      () => openRunKit({ keepExecutions: true }),
      async kit => {
        const id = await kit.prepare({ workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 4 }, { ...LIGHT, name: 'Heir' })
        await kit.start(id)
        await untilMeasuring(kit, id, 1)
        await kit.server.end('SIGKILL')
        const home = newHome()
        const heir = await startServer({ home, environment: { ...kit.environment, FLAKEBENCH_STANDBY: '1' } })
        try {
          await until(
            'the heir has ended it',
            async () => (await kit.record(id)).status,
            status => status === 'COMPLETED',
          )
          const started = await startedOf(kit, id)
          expect(await keptOf(kit, id)).toMatchObject({ state: 'COMPLETE', loaded: started, differences: [], unread: [] })
          expect(existsSync(join(kit.home, 'spool', id))).toBe(false)
        } finally {
          await heir.end()
          rmSync(home, { recursive: true, force: true })
        }
      },
    ))

  it('are not waited for when a person stops their loading, and are loaded when it is started again', () =>
    withOwnKit(
      () => openRunKit({ keepExecutions: true }),
      async kit => {
        const id = await kit.prepare({ warmupSeconds: 0, durationSeconds: 1 }, { ...LIGHT, name: 'Stopped' })
        const holder = await holdLoaders(kit)
        await kit.start(id)
        await untilLoading(kit, id)
        await kit.stop(id, 'No time')
        await until(
          'it is over',
          async () => (await kit.record(id)).status,
          status => status === 'COMPLETED',
        )
        const kept = await keptOf(kit, id)
        expect(kept).toMatchObject({ state: 'INCOMPLETE', loaded: 0, unread: [expect.stringContaining('No time')] })
        await holder.end()
        await kit.server.end()
        await kit.restart()
        await until(
          'it is loaded',
          async () => (await keptOf(kit, id))?.state,
          state => state === 'COMPLETE',
        )
        expect((await keptOf(kit, id))?.loaded).toBe(await startedOf(kit, id))
        expect(existsSync(join(kit.home, 'spool', id))).toBe(false)
        const { run } = await kit.graphql<{ run: { figures: { executions?: unknown } | null } }>(
          'query ($id: ID!) { run(id: $id) { figures { __typename } } }',
          { id },
        )
        expect(run.figures).not.toBeNull()
      },
    ))

  it('are loaded at once when a person asks for it, and what the server recorded is told of them', () =>
    withOwnKit(
      () => openRunKit({ keepExecutions: true }),
      async kit => {
        await asAdmin(kit.sut.adminUrl, admin => admin.query('CREATE EXTENSION pg_stat_statements'))
        const id = await kit.prepare({ warmupSeconds: 0, durationSeconds: 3 }, { ...LIGHT, name: 'At once' })
        const holder = await holdLoaders(kit)
        await kit.start(id)
        await untilLoading(kit, id)
        await expect(kit.graphql(LOAD, { id })).rejects.toThrow(/is not over yet/)
        await kit.stop(id, 'No time')
        expect((await kit.end(id)).status).toBe('COMPLETED')
        const statistics = async () => (await listEnrichments(kit.control.db, [id]))[0]
        const before = await until('it was asked', statistics, one => one?.status === 'COMPLETED')
        expect(before).toMatchObject({ matched: null, expected: null })
        await holder.end()
        const { loadExecutions } = await kit.graphql<{ loadExecutions: object }>(LOAD, { id })
        const loaded = await startedOf(kit, id)
        expect(loadExecutions).toEqual({ id, executionsKept: { state: 'COMPLETE', loaded }, statements: [{ label: 'POINT_LOOKUP' }] })
        const after = await until('it was asked again', statistics, one => one?.status === 'COMPLETED' && one.matched !== null)
        expect(after?.content?.statements).toMatchObject([{ calls: before?.content?.statements[0]?.calls, errors: 0 }])
        await expect(kit.graphql(LOAD, { id })).rejects.toThrow(/all that was there is loaded/)
      },
    ))
})
