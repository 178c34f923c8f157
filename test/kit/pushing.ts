import { listRollups, readResults, readRunControl, type SqlClient } from '@flakebench/store'
import { expect } from 'vitest'
import { listAllSnapshots } from './allSnapshots.ts'
import type { Cable } from './cable.ts'

/** Where the run's owner takes what is pushed. */
export const ownerUrlOf = async (db: SqlClient, runId: string): Promise<string | null> =>
  (await readRunControl(db, runId))?.orchestratorUrl ?? null

/** Sends what the run's workers push another way: they look it up with each poll. */
export const pushTo = async (db: SqlClient, runId: string, url: string): Promise<void> => {
  expect(await db.execute('UPDATE run_status SET orchestrator_url = ? WHERE run_id = ?', [url, runId])).toBe(1)
}

/** How many reports were taken that came by this cable. */
export const reportsTaken = (cable: Cable): number => cable.answers().split('"owned":true').length - 1

/** Whichever way they came, the run's intervals and its result are what its workers' snapshots in the tables add up to. */
export const expectFromTables = async (db: SqlClient, runId: string): Promise<void> => {
  const snapshots = (await listAllSnapshots(db, runId)).filter(({ phase }) => phase !== 'PROCESSING')
  const sums = new Map<number, number>()
  for (const { intervalIndex, operations } of snapshots) sums.set(intervalIndex, (sums.get(intervalIndex) ?? 0) + operations)
  expect(new Map((await listRollups(db, runId)).map(one => [one.intervalIndex, one.operations]))).toEqual(sums)
  const measured = snapshots.filter(({ phase }) => phase === 'MEASUREMENT').reduce((total, { operations }) => total + operations, 0)
  expect((await readResults(db, [runId])).get(runId)?.totalOperations).toBe(measured)
}
