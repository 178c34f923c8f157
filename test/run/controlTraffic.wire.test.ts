import type { TemplateInput } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../kit/processes.ts'
import { expectNoGap } from '../kit/runUnderWay.ts'
import { openTunedKit, type TunedKit } from '../kit/tunedKit.ts'

let tuned: TunedKit
beforeAll(async () => {
  tuned = await openTunedKit()
})
afterAll(() => tuned?.close())

const WORKERS = 3
const MEASURED_SECONDS = 15
/** Until everybody speaks at the pace of a run that is under way. */
const SETTLING_SECONDS = 4
/** Each statement is paid for. */
const MOST_A_WORKER_AND_SECOND = 1.5
const MOST_A_SERVER_AND_SECOND = 4
/** For each time that a controller changes what the workers hold: a look and its events; a transaction, and the row read again. */
const MOST_A_WORKER_AND_CHANGE = 2
const MOST_A_SERVER_AND_CHANGE = 8
const CHANGE = /^UPDATE run_status\s+SET worker_targets/

const RESPONSE_MS = 100
const PATIENCE_MS = 90_000
const LOADS: readonly [string, TemplateInput['load']][] = [
  ['holds its connections', { targetConnections: WORKERS }],
  // It needs six connections, and begins with half of them: its controller has something to change.
  ['is steered', { mode: 'QPS', targetQps: 60, startingConnections: WORKERS }],
]

describe('a run with its control tables on Snowflake', () => {
  it.each(LOADS)('that %s asks little of them while it goes on, though it is watched', async (what, load) => {
    const { kit, sut } = tuned
    const { wire } = kit.control
    if (wire === null) throw new Error('there is no Snowflake')
    sut.setResponseTime(RESPONSE_MS)
    const template = { name: `A run that ${what}`, load: { warmupSeconds: 0, durationSeconds: MEASURED_SECONDS, ...load } }
    const id = await kit.prepare({ workers: WORKERS }, template)
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
      PATIENCE_MS,
    )
    expectNoGap(await kit.end(id), MEASURED_SECONDS)
    await live.ended
    const fromMs = (startAtMs ?? 0) + SETTLING_SECONDS * 1_000
    const statements = wire.statements().filter(one => one.startMs >= fromMs && one.startMs < (measurementEndsAtMs ?? 0))
    const seconds = MEASURED_SECONDS - SETTLING_SECONDS
    const changes = statements.filter(({ text }) => CHANGE.test(text)).length
    const countOf = (isOf: (application: string) => boolean): number =>
      statements.filter(({ sessionId }) => isOf(applications.get(sessionId) ?? '')).length
    const texts = statements.map(({ sessionId, text }) => `${applications.get(sessionId)}: ${text.slice(0, 60).replace(/\s+/g, ' ')}`)
    const ofWorkers = countOf(application => /worker/.test(application))
    const ofServer = countOf(application => /server$/.test(application))
    expect(ofWorkers / WORKERS, texts.join('\n')).toBeLessThanOrEqual(
      MOST_A_WORKER_AND_SECOND * seconds + MOST_A_WORKER_AND_CHANGE * changes,
    )
    expect(ofServer, texts.join('\n')).toBeLessThanOrEqual(MOST_A_SERVER_AND_SECOND * seconds + MOST_A_SERVER_AND_CHANGE * changes)
    // Neither is it that nobody was seen.
    expect(Math.min(ofWorkers, ofServer)).toBeGreaterThan(0)
  })
})
