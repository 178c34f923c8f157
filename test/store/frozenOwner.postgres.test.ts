import { ControlDatabaseUnavailable, claimRun, countActiveRuns, openControlDatabase } from '@flakebench/store'
import { expect, it } from 'vitest'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { readRunNow, storeRun } from '../kit/storedRun.ts'

/** Well below the lease, after which an heir comes. */
const HEIR_PATIENCE_MS = 5_000

it('a server that falls silent inside a transaction loses the run’s row to its heir, and comes back by itself', async () => {
  const { db, url } = await freshControlDatabase()
  const { id, version } = await storeRun(db)
  const silent = openControlDatabase({ url, maxConnections: 1 })
  const heir = openControlDatabase({ url, maxConnections: 1, statementTimeoutMs: HEIR_PATIENCE_MS })
  try {
    let hasChanged = (): void => undefined
    let wake = (): void => undefined
    const changed = new Promise<void>(resolve => {
      hasChanged = resolve
    })
    const woken = new Promise<void>(resolve => {
      wake = resolve
    })
    const change = silent
      .transaction(async tx => {
        await tx.execute('UPDATE run_status SET version = version + 1 WHERE run_id = ?', [id])
        hasChanged()
        await woken
        await tx.execute('UPDATE run_status SET version = version + 1 WHERE run_id = ?', [id])
      })
      .catch((error: unknown) => error)
    await changed
    expect(await claimRun(heir, id, 'heir')).toBe(1)
    wake()
    expect(await change).toBeInstanceOf(ControlDatabaseUnavailable)
    expect(await readRunNow(db, id)).toMatchObject({ version, orchestratorId: 'heir' })
    expect(await countActiveRuns(silent)).toBe(0)
  } finally {
    await silent.close()
    await heir.close()
  }
})
