import { CONTROL_PACE } from '@flakebench/contract'
import { ControlDatabaseUnavailable } from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { logTo } from '../../server/src/log.ts'
import { runCommands } from '../../server/src/orchestrator/commands.ts'
import { startOrchestrator } from '../../server/src/orchestrator/orchestrator.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { failingDatabase } from '../kit/failingDatabase.ts'
import { NOTHING_LEFT } from '../kit/nothingLeft.ts'
import { until } from '../kit/processes.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

const log = logTo(process.stderr)

/** A server that has nothing to do, and looks for work again only after ten minutes. */
const idleServer = async () => {
  const { db } = await freshControlDatabase()
  const failing = failingDatabase(db)
  const spawner = {
    start: () => undefined,
    started: () => new Set<string>(),
    listExits: () => [],
    listAlive: () => new Set<string>(),
    signal: () => undefined,
    forget: () => undefined,
  }
  const pace = { ...CONTROL_PACE[db.engine], lookForWorkMs: 20, lookForWorkIdleMs: 600_000 }
  const deps = { db: failing.db, spawner, pace, monotonicMs: () => performance.now(), publish: () => undefined, log, ...NOTHING_LEFT }
  const orchestrator = startOrchestrator('here', { ...deps, watchWarehouse: () => ({ stop: async () => undefined }) })
  onTestFinished(() => orchestrator.close())
  const commands = runCommands(
    failing.db,
    orchestrator,
    () => undefined,
    async () => [],
    log,
  )
  const { id } = await storeRun(db)
  orchestrator.begin(null)
  return { db, id, failing, orchestrator, commands }
}

describe('a start of which nobody knows whether it was carried out', () => {
  it('is found and driven when it was', async () => {
    const { db, id, failing, orchestrator, commands } = await idleServer()
    failing.next = 'ANSWER'
    await expect(commands.start(id)).rejects.toThrow(ControlDatabaseUnavailable)
    await until('it is driven', orchestrator.owned, owned => owned.includes(id))
    expect((await readRunNow(db, id)).status).toBe('STARTING')
  })

  it('is driven by whoever is asked once more, and refuses as the run is under way', async () => {
    const { db, id, orchestrator, commands } = await idleServer()
    await db.execute("UPDATE run_status SET status = 'STARTING', start_requested_at = CURRENT_TIMESTAMP, version = 1 WHERE run_id = ?", [
      id,
    ])
    await expect(commands.start(id)).rejects.toThrow('only a PREPARED run can be started')
    await until('it is driven', orchestrator.owned, owned => owned.includes(id))
  })

  it('leaves the run alone when it was not', async () => {
    const { db, id, failing, orchestrator, commands } = await idleServer()
    failing.next = 'CHANGE'
    await expect(commands.start(id)).rejects.toThrow(ControlDatabaseUnavailable)
    expect(orchestrator.owned()).toEqual([])
    expect(await readRunNow(db, id)).toMatchObject({ status: 'PREPARED', epoch: 0 })
    await commands.start(id)
    expect(orchestrator.owned()).toEqual([id])
  })
})
