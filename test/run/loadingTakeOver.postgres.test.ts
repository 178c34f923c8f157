import { readExecutionsKept, readResults } from '@flakebench/store'
import pg from 'pg'
import { expect, it } from 'vitest'
import { LIGHT } from '../kit/lightLoad.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { until } from '../kit/processes.ts'
import { openRunKit } from '../kit/runKit.ts'

it('a server that is killed while it loads leaves an heir that ends with each execution once', () =>
  withOwnKit(
    () => openRunKit({ keepExecutions: true }),
    async kit => {
      const id = await kit.prepare({ workers: 2, targetConnections: 4, warmupSeconds: 0, durationSeconds: 2 }, { ...LIGHT, name: 'Left' })
      await kit.start(id)
      await until(
        'it runs',
        async () => (await kit.record(id)).phase,
        phase => phase === 'MEASUREMENT',
      )
      // Readers pass, a loader waits.
      const holder = new pg.Client({ connectionString: kit.control.adminUrl })
      await holder.connect()
      await holder.query(`BEGIN; LOCK TABLE "${kit.control.adminSchema('test_results')}".query_executions IN EXCLUSIVE MODE`)
      await until(
        'it loads',
        async () => (await kit.record(id)).processing?.step,
        step => step === 'EXECUTIONS',
      )
      process.kill(kit.server.pid, 'SIGKILL')
      await kit.restart()
      await holder.end()
      const { status } = await kit.end(id)
      expect(status).toBe('COMPLETED')
      const kept = (await readExecutionsKept(kit.control.db, [id])).get(id)
      const result = (await readResults(kit.control.db, [id])).get(id)
      expect(kept).toMatchObject({ state: 'COMPLETE', loaded: result?.accounting.started, differences: [] })
      const [row] = await kit.control.db.query(
        'SELECT COUNT(*) AS n, COUNT(DISTINCT execution_id) AS ids FROM query_executions WHERE run_id = ?',
        [id],
      )
      expect([Number(row?.['n']), Number(row?.['ids'])]).toEqual([kept?.loaded, kept?.loaded])
    },
  ))
