import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addSummaries, type Execution } from '@flakebench/contract'
import { claimRun, listRunStatements, listSpoolFiles, releaseLease, type SqlClient } from '@flakebench/store'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { EXIT } from '../../worker/src/failure.ts'
import { RECORD_BYTES } from '../../worker/src/spool/format.ts'
import { layCable } from '../kit/cable.ts'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { startLoader } from '../kit/loaderProcess.ts'
import { until } from '../kit/processes.ts'
import { seeded } from '../kit/seeded.ts'
import { addTo, anyExecution, readSpools, STATEMENTS, spoolFolder } from '../kit/spoolKit.ts'
import { storeRun } from '../kit/storedRun.ts'

let control: FreshControlDatabase
beforeAll(async () => {
  control = await freshControlDatabase()
})
afterAll(() => control.drop())

const RECORDS_PER_FILE = 1_000

interface Left {
  readonly runId: string
  readonly epoch: number
  readonly folder: string
  readonly executions: readonly Execution[]
  readonly ofRun: string
}

/** A run whose workers have left their spools. */
const leave = async (counts: readonly number[]): Promise<Left> => {
  const { id: runId } = await storeRun(control.db)
  const epoch = (await claimRun(control.db, runId, 'test')) as number
  const { folder, open, remove } = spoolFolder()
  onTestFinished(remove)
  const random = seeded(counts.length)
  for (const [index, count] of counts.entries()) {
    const identity = { runId, workerId: `worker-${index}`, attempt: 1 }
    const spool = await open({ identity, recordsPerFile: RECORDS_PER_FILE })
    for (let number = 0; number < count; number++) addTo(spool, anyExecution(random, number))
    await spool.close()
  }
  return { runId, epoch, folder, executions: await readSpools(folder, runId), ofRun: join(folder, runId) }
}

const idsIn = async (db: SqlClient, runId: string): Promise<readonly unknown[]> =>
  (await db.query('SELECT execution_id FROM query_executions WHERE run_id = ?', [runId])).map(row => row['execution_id']).toSorted()

const idsOf = (executions: readonly Execution[]): readonly string[] => executions.map(({ id }) => id).toSorted()

const stagedFiles = async (): Promise<unknown> => (control.db.engine === 'snowflake' ? await control.db.query('LIST @executions') : [])

/** What Snowflake does by itself when a transaction on hybrid tables has been idle for five minutes. */
const endLeftSessions = async (): Promise<void> => {
  await control.wire?.endSessions(({ application }) => application.includes('load'))
}

it('loads what is in other folders too, and names those that it cannot look into', async () => {
  const left = await leave([300])
  const { folder, remove } = spoolFolder()
  onTestFinished(remove)
  writeFileSync(join(folder, left.runId), 'no folder')
  const { code, unread } = await startLoader(left, { url: control.url, folder: '/nowhere' }, undefined, [folder, left.folder]).exited
  expect(code).toBe(EXIT.OK)
  expect(unread).toEqual([expect.stringContaining(`The executions in ${join(folder, left.runId)} cannot be read`)])
  expect(await idsIn(control.db, left.runId)).toEqual(idsOf(left.executions))
  expect(existsSync(left.ofRun)).toBe(false)
})

it('loads all that the workers left, tells how far it is, and leaves nothing on disk', async () => {
  const left = await leave([2_500, 700])
  const { code, messages, unread, output } = await startLoader(left, { url: control.url, folder: left.folder }).exited
  expect({ code, output, unread }).toEqual({ code: EXIT.OK, output: '', unread: [] })
  expect(await idsIn(control.db, left.runId)).toEqual(idsOf(left.executions))
  expect(messages.filter(({ type }) => type === 'PROGRESS').at(-1)).toEqual({ type: 'PROGRESS', done: 3_200, total: 3_200 })
  expect(await listRunStatements(control.db, left.runId)).toEqual(STATEMENTS)
  expect(existsSync(left.ofRun)).toBe(false)
  const files = await listSpoolFiles(control.db, left.runId)
  expect(files.map(one => `${one.workerId} ${one.fileNumber} ${one.executions}`)).toEqual([
    'worker-0 1 1000',
    'worker-0 2 1000',
    'worker-0 3 500',
    'worker-1 1 700',
  ])
  const failures = left.executions.filter(({ success }) => !success).length
  const { counts, errors } = addSummaries(files.map(({ summary }) => summary))
  expect(counts.reduce((sum, { executions }) => sum + executions, 0)).toBe(3_200)
  expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(failures)
  const [{ n } = {}] = await control.db.query('SELECT COUNT(error_group) AS n FROM query_executions WHERE run_id = ?', [left.runId])
  expect(n).toBe(failures)
})

it('ends with each execution once, however often it is killed', async () => {
  const left = await leave([3_000, 3_000])
  const seed = Math.floor(Math.random() * 2 ** 31)
  const random = seeded(seed)
  const at = { url: control.url, folder: left.folder }
  for (let kills = 0; kills < 4; kills++) {
    // Killed a moment after it has said that it began: between any two of its steps, or within one.
    const loader = startLoader(left, at, () => setTimeout(() => loader.child.kill('SIGKILL'), random.fraction() * 250))
    await loader.exited
  }
  await endLeftSessions()
  const outcomes = await Promise.all([startLoader(left, at).exited, startLoader(left, at).exited])
  expect(
    outcomes.map(({ code, unread, output }) => ({ code, unread, output })),
    `seed ${seed}`,
  ).toEqual(outcomes.map(() => ({ code: EXIT.OK, unread: [], output: '' })))
  expect(await idsIn(control.db, left.runId), `seed ${seed}`).toEqual(idsOf(left.executions))
  expect(existsSync(left.ofRun)).toBe(false)
  expect(await stagedFiles()).toEqual([])
})

it('lets another finish while it is frozen, and finds all done when it wakes up', async () => {
  const left = await leave([2_500])
  const at = { url: control.url, folder: left.folder }
  let isFirst = true
  const frozen = startLoader(left, at, () => {
    if (isFirst) frozen.child.kill('SIGSTOP')
    isFirst = false
  })
  await until(
    'it is frozen',
    () => readFileSync(`/proc/${frozen.child.pid}/stat`, 'utf8').split(') ')[1]?.[0],
    state => state === 'T',
  )
  const other = await startLoader(left, at).exited
  expect(other).toMatchObject({ code: EXIT.OK, unread: [] })
  frozen.child.kill('SIGCONT')
  expect(await frozen.exited).toMatchObject({ code: EXIT.OK, unread: [], output: '' })
  expect(await idsIn(control.db, left.runId)).toEqual(idsOf(left.executions))
})

it('loads nothing more once the run has another owner, and leaves the files to that one', async () => {
  const left = await leave([1_500])
  await releaseLease(control.db, left.runId, left.epoch)
  const epoch = (await claimRun(control.db, left.runId, 'another')) as number
  const at = { url: control.url, folder: left.folder }
  const stale = await startLoader(left, at).exited
  expect(stale).toMatchObject({ code: EXIT.SUPERSEDED, unread: null, output: expect.stringContaining('is no longer owned') })
  expect(await idsIn(control.db, left.runId)).toEqual([])
  expect((await startLoader({ ...left, epoch }, at).exited).code).toBe(EXIT.OK)
  expect(await idsIn(control.db, left.runId)).toHaveLength(1_500)
})

it('names what cannot be read, and loads the rest', async () => {
  const left = await leave([3_500, 1_000, 10])
  const first = join(left.ofRun, 'worker-0.1')
  truncateSync(join(first, '000004.spool'), 400 * RECORD_BYTES + 7)
  // Nothing can be read from a folder.
  mkdirSync(join(first, '000005.spool'))
  writeFileSync(join(left.ofRun, 'worker-1.1', 'manifest.json'), '{"version":')
  const { code, unread } = await startLoader(left, { url: control.url, folder: left.folder }).exited
  expect(code).toBe(EXIT.OK)
  expect(unread).toEqual([
    expect.stringMatching(/^The executions in .*worker-1\.1 cannot be read: /),
    expect.stringMatching(/^The last execution in .*000004\.spool was not written to its end$/),
    expect.stringMatching(/^The executions in .*000005\.spool cannot be read: EISDIR/),
  ])
  expect(await idsIn(control.db, left.runId)).toHaveLength(3_410)
  expect(readdirSync(left.ofRun)).toEqual(['worker-0.1', 'worker-1.1'])
})

it('goes on when the control database was away for a moment', async () => {
  const left = await leave([5_000])
  const cable = await layCable(control.port)
  onTestFinished(() => cable.close())
  let pulls = 0
  const loader = startLoader(left, { url: control.atPort(cable.port), folder: left.folder }, () => {
    if (pulls++ > 0) return
    cable.pull()
    setTimeout(() => cable.plug(), 500)
  })
  expect(await loader.exited).toMatchObject({ code: EXIT.OK, unread: [], output: expect.stringContaining('trying again') })
  expect(await idsIn(control.db, left.runId)).toEqual(idsOf(left.executions))
})
