import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { closingItself } from '../kit/dropAfterTest.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'
import type { WholeRun } from '../kit/wholeRun.ts'
import type { LoggedStatement } from './server/startSnowflakeServer.ts'

interface SurvivalKit {
  readonly sut: SnowflakeSut
  readonly kit: RunKit
  close(): Promise<void>
}

const openSurvivalKit = async (): Promise<SurvivalKit> => {
  const sut = await freshSnowflakeSut({ rows: 5_000 })
  const kit = await openRunKit({ snowflake: sut })
  return {
    sut,
    kit,
    close: async () => {
      await kit.close()
      await sut.drop()
    },
  }
}

const COMPLETED = { status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null }

/** Every operation that was started has ended or was cut off; what failed is in a category. */
const expectAccounted = async ({ kit }: SurvivalKit, run: WholeRun): Promise<void> => {
  for (const beat of await kit.heartbeats(run.id)) {
    expect(beat.operations + beat.cutOff, beat.workerId).toBe(beat.operationsStarted)
  }
  const { result } = run
  expect(result?.lostOperations).toBe(0)
  expect(result?.errors.reduce((sum, { count }) => sum + count, 0)).toBe(result?.failedOperations)
  expect(result?.byKind.reduce((sum, { operations }) => sum + operations, 0)).toBe(result?.totalOperations)
}

/** At least one and at most so many operations were sent again by the driver, whose pauses of a second and more are in their times: the run says so. */
const expectRetried = ({ result, history }: WholeRun, most: number): void => {
  const retried = result?.retriedOperations ?? 0
  expect(retried).toBeGreaterThan(0)
  expect(retried).toBeLessThanOrEqual(most)
  expect(history.reduce((sum, point) => sum + point.retriedOperations, 0)).toBe(retried)
  for (const point of history) if (point.retriedOperations > 0) expect(point.maxMs).toBeGreaterThanOrEqual(1_000)
}

const categoriesOf = (run: WholeRun): string[] => (run.result?.errors ?? []).map(({ category }) => category)

/** Starts a run, has something happen to it in the middle of its measurement, and reads all of it when it is over. */
const runThrough = async (
  survival: SurvivalKit,
  durationSeconds: number,
  happening: (runId: string) => Promise<unknown> | unknown,
  advanced = {},
): Promise<WholeRun> => {
  const { kit } = survival
  const id = await kit.prepare({ workers: 1, targetConnections: 4, warmupSeconds: 0, durationSeconds }, { name: 'Survives', advanced })
  await kit.start(id)
  await untilMeasuring(kit, id, 2)
  await happening(id)
  const run = await kit.end(id)
  expect(run).toMatchObject(COMPLETED)
  await expectAccounted(survival, run)
  return run
}

/** The operations of a run that the server has executed: not the rehearsal, which only explains them. */
const operationsOf = ({ sut }: SurvivalKit, { id }: WholeRun): readonly LoggedStatement[] =>
  sut.wire.statements().filter(({ tag, text }) => tag.includes(`run_id=${id}`) && /^(SELECT|INSERT|UPDATE) .*flakebench kind=/.test(text))

/** So many further statements were executed. */
const untilSent = async ({ sut }: SurvivalKit, more: number): Promise<void> => {
  const before = sut.wire.counts().statements
  await until(
    `${more} more statements`,
    () => sut.wire.counts().statements,
    sent => sent >= before + more,
  )
}

// One after another, as they turn the same dials; the minute without a database passes beside them.
describe.concurrent('a run on Snowflake', () => {
  let survival: SurvivalKit
  let sut: SnowflakeSut
  let kit: RunKit
  beforeAll(async () => {
    survival = await closingItself(openSurvivalKit)
    sut = survival.sut
    kit = survival.kit
  })
  afterAll(() => survival?.close())
  beforeEach(() => sut.wire.dials.reset())

  it.sequential('sends exactly what it counts, each statement with its tag', async () => {
    sut.wire.clearLog()
    const operations = { pointLookup: { weight: 40 }, rangeScan: { weight: 20 }, insert: { weight: 20 }, update: { weight: 20 } }
    const run = await kit.run({ workers: 2, targetConnections: 4, warmupSeconds: 1, durationSeconds: 3 }, { name: 'All kinds', operations })
    expect(run).toMatchObject({ ...COMPLETED, result: { failedOperations: 0, retriedOperations: 0 } })
    await expectAccounted(survival, run)
    const sent = operationsOf(survival, run)
    const started = (await kit.heartbeats(run.id)).reduce((sum, beat) => sum + beat.operationsStarted, 0)
    expect(sent.length).toBe(started)
    for (const { tag } of sent) {
      expect(tag).toMatch(/^flakebench:run_id=[0-9A-Z]{26}:worker_id=worker-[01]:phase=(WARMUP|MEASUREMENT)$/)
    }
  })

  it.sequential('goes on while the warehouse is throttled, and shows it in its response times', async () => {
    const run = await runThrough(survival, 8, async () => {
      sut.wire.dials.throttle = { statements: 1, over: 'WAIT' }
      sut.wire.dials.statementLatencyMs = 60
      await untilSent(survival, 20)
      sut.wire.dials.reset()
    })
    expect(run.result?.failedOperations).toBe(0)
    expect(run.result?.maxMs).toBeGreaterThanOrEqual(60)
  })

  it.sequential('outlives requests that are refused for a while', async () => {
    const run = await runThrough(survival, 10, () => sut.wire.dials.answerNext(4, 503, 'QUERY'))
    expect(run.result?.failedOperations).toBe(0)
    expectRetried(run, 4)
  })

  it.sequential('renews its tokens without a word', async () => {
    const run = await runThrough(survival, 6, async () => {
      sut.wire.expireTokens()
      await untilSent(survival, 20)
    })
    expect(run.result?.failedOperations).toBe(0)
    expect(sut.wire.counts().renewals).toBeGreaterThan(0)
  })

  it.sequential('executes nothing twice when an answer is lost', async () => {
    sut.wire.clearLog()
    const run = await runThrough(survival, 8, () => sut.wire.dials.dropNext(4, 'AFTER_EXECUTION', 'QUERY'))
    expect(run.result?.failedOperations).toBe(0)
    expectRetried(run, 4)
    const sent = operationsOf(survival, run)
    const started = (await kit.heartbeats(run.id)).reduce((sum, beat) => sum + beat.operationsStarted, 0)
    expect(sent.length).toBe(started)
  })

  it.sequential('signs in again when its sessions are ended', async () => {
    const run = await runThrough(survival, 8, async () => {
      await sut.wire.endSessions()
      await untilSent(survival, 50)
    })
    expect(run.result?.failedOperations).toBeGreaterThan(0)
    expect(categoriesOf(run)).toEqual(['CONNECTION'])
  })
})

describe.concurrent('a run on a Snowflake that is gone for a while', () => {
  it(
    'outlives an outage of a minute',
    () =>
      withOwnKit(openSurvivalKit, async survival => {
        const { sut, kit } = survival
        const run = await runThrough(
          survival,
          75,
          async id => {
            const end = await sut.wire.dials.startOutage()
            const { nowMs } = await kit.record(id)
            await until(
              'a minute has passed',
              async () => (await kit.record(id)).nowMs - nowMs,
              passedMs => passedMs >= 60_000,
              90_000,
            )
            await end()
            await untilSent(survival, 50)
          },
          { statementTimeoutSeconds: 5 },
        )
        expect(run.result?.failedOperations).toBeGreaterThan(0)
        expect(categoriesOf(run).every(category => category === 'CONNECTION' || category === 'TIMEOUT')).toBe(true)
        const silent = run.history.filter(({ operations, errors }) => operations - errors === 0)
        expect(silent.length).toBeGreaterThanOrEqual(55)
        expect(run.history.at(-1)?.operations).toBeGreaterThan(0)
      }),
    180_000,
  )
})
