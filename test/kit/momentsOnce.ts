import { openControlDatabase, readClock, readRun, transitionRun } from '@flakebench/store'

/**
 * A process that writes moments to a run, reads the run back and says what it saw, in one line of JSON.
 * Usage: node --import tsx momentsOnce.ts <url> <runId> <startAtMs>
 */
const [url = '', runId = '', startAtMs = ''] = process.argv.slice(2)
const db = openControlDatabase({ url })
try {
  const before = await readRun(db, runId)
  const set = { startAtMs: Number(startAtMs), startRequestedAt: 'now' } as const
  await transitionRun(db, { runId, fromVersion: before?.version ?? -1, epoch: null, set })
  const offsetMinutes = new Date(Number(startAtMs)).getTimezoneOffset()
  console.log(JSON.stringify({ offsetMinutes, clockMs: await readClock(db), before, after: await readRun(db, runId) }))
} finally {
  await db.close()
}
