import { ControlDatabaseUnavailable, type ExecutionLoader, type LoadOutcome } from '@flakebench/store'
import { expect, it, onTestFinished } from 'vitest'
import { EXIT, WorkerFailure } from '../../worker/src/failure.ts'
import { type LoadFileDeps, loadFile } from '../../worker/src/spool/loadFile.ts'
import { startLoadProgress } from '../../worker/src/spool/loadProgress.ts'
import { listSpools, type SpoolOnDisk } from '../../worker/src/spool/readSpool.ts'
import { seeded } from '../kit/seeded.ts'
import { addTo, anyExecution, spoolFolder } from '../kit/spoolKit.ts'

const away = (): Error => new ControlDatabaseUnavailable('the control database does not answer', {})

/** A spool of ten executions, and a loader that reads them each time before it does what it is told. */
const setUp = async (answers: (() => LoadOutcome)[], patienceMs = 10_000) => {
  const { folder, open, remove } = spoolFolder()
  onTestFinished(remove)
  const random = seeded(1)
  const spool = await open()
  for (let number = 0; number < 10; number++) addTo(spool, anyExecution(random, number))
  await spool.close()
  const [left] = await listSpools(folder, 'R')
  const told: number[] = []
  const loader: ExecutionLoader = {
    load: async (_file, _epoch, rows, summarise) => {
      for await (const batch of rows) expect(batch).toHaveLength(10)
      expect(summarise().counts.reduce((sum, { executions }) => sum + executions, 0)).toBe(10)
      return (answers.shift() ?? refuse(away()))()
    },
    close: () => Promise.resolve(),
  }
  const progress = startLoadProgress(
    async message => {
      if (message.type === 'PROGRESS') told.push(message.done)
    },
    0,
    10,
  )
  const deps: LoadFileDeps = { runId: 'R', epoch: 1, loader, progress, print: () => undefined, patienceMs }
  const file = left?.files[0]
  if (left === undefined || file === undefined) throw new Error('nothing was spooled')
  return { load: () => loadFile(left as SpoolOnDisk, file, deps), progress, told }
}

const refuse = (error: Error) => (): LoadOutcome => {
  throw error
}

it('reads a file anew each time that the control database was away, and counts it once', async () => {
  const { load, progress, told } = await setUp([refuse(away()), refuse(away()), () => 'LOADED'])
  expect(await load()).toEqual({ outcome: 'LOADED', unread: [] })
  await progress.end()
  expect(told.at(-1)).toBe(10)
})

it('gives up when the control database stays away, and says what to do', async () => {
  const { load } = await setUp([], 300)
  const failure = await load().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(WorkerFailure)
  expect(failure).toMatchObject({ exitCode: EXIT.CONTROL_LOST, message: expect.stringContaining('load them again when it is back') })
})

it('names a file that the control database refuses, and does not count it', async () => {
  const { load, progress, told } = await setUp([refuse(new Error('out of disk'))])
  expect(await load()).toMatchObject({ outcome: 'UNREAD', unread: [expect.stringMatching(/000001\.spool were refused.*: out of disk$/)] })
  await progress.end()
  expect(told.at(-1)).toBe(0)
})
