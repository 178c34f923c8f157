import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { expectNoGap } from '../kit/runUnderWay.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit?.close())

const WORKERS = 3
const MEASURED_SECONDS = 15
/** Until everybody speaks at the pace of a run that is under way. */
const SETTLING_SECONDS = 4
/** Each statement is paid for. */
const MOST_A_WORKER_AND_SECOND = 1.5
const MOST_A_SERVER_AND_SECOND = 4

describe('a run with its control tables on Snowflake', () => {
  it('asks little of them while it goes on, though it is watched', async () => {
    const { wire } = kit.control
    if (wire === null) throw new Error('there is no Snowflake')
    const id = await kit.prepare({ workers: WORKERS, targetConnections: WORKERS, warmupSeconds: 0, durationSeconds: MEASURED_SECONDS })
    const live = kit.watch(id)
    await kit.start(id)
    const applications = new Map<number, string>()
    const { startAtMs, measurementEndsAtMs } = await until(
      'the measurement is over',
      async () => {
        for (const { id, application } of wire.sessions()) applications.set(id, application)
        return await kit.record(id)
      },
      ({ nowMs, measurementEndsAtMs }) => measurementEndsAtMs !== null && nowMs > measurementEndsAtMs,
    )
    expectNoGap(await kit.end(id), MEASURED_SECONDS)
    await live.ended
    const fromMs = (startAtMs ?? 0) + SETTLING_SECONDS * 1_000
    const statements = wire.statements().filter(one => one.startMs >= fromMs && one.startMs < (measurementEndsAtMs ?? 0))
    const perSecond = (isOf: (application: string) => boolean): number =>
      statements.filter(({ sessionId }) => isOf(applications.get(sessionId) ?? '')).length / (MEASURED_SECONDS - SETTLING_SECONDS)
    const texts = statements.map(({ sessionId, text }) => `${applications.get(sessionId)}: ${text.slice(0, 60).replace(/\s+/g, ' ')}`)
    const ofWorkers = perSecond(application => /worker/.test(application))
    const ofServer = perSecond(application => /server$/.test(application))
    expect(ofWorkers / WORKERS, texts.join('\n')).toBeLessThanOrEqual(MOST_A_WORKER_AND_SECOND)
    expect(ofServer, texts.join('\n')).toBeLessThanOrEqual(MOST_A_SERVER_AND_SECOND)
    // Neither is it that nobody was seen.
    expect(Math.min(ofWorkers, ofServer)).toBeGreaterThan(0)
  })
})
