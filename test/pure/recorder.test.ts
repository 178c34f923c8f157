import { type RunSchedule, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeInterval } from '../../worker/src/measure/encodeSnapshot.ts'
import { type ClosedInterval, Recorder } from '../../worker/src/measure/recorder.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { nextSendAt } from '../../worker/src/pace/nextSendAt.ts'

beforeAll(startHistograms)

const schedule = (over: Partial<RunSchedule> = {}): RunSchedule => ({
  startAtMs: 1_700_000_000_000,
  warmupMs: 2_000,
  measurementMs: 3_000,
  intervalMs: 1_000,
  ...over,
})

const takeAll = (recorder: Recorder): ClosedInterval[] => {
  const all: ClosedInterval[] = []
  for (let closed = recorder.takeClosed(); closed !== null; closed = recorder.takeClosed()) all.push(closed)
  return all
}
const edges = (closed: readonly ClosedInterval[]) => closed.map(({ index, phase, startMs, endMs }) => [index, phase, startMs, endMs])
const figures = ({ counts: { started, operations, errors, cutOff } }: ClosedInterval) => ({ started, operations, errors, cutOff })
/** An operation on a connection of its own: sent, and ended well. */
const run = (recorder: Recorder, startMs: number, endMs: number, kind = 0): void => {
  recorder.sent(startMs)
  recorder.record(kind, startMs, endMs)
}

describe('the recorder', () => {
  it('closes the intervals of the schedule exactly, empty ones too', () => {
    const recorder = new Recorder(schedule(), 1)
    run(recorder, 10, 20)
    recorder.advance(6_000)
    expect(edges(takeAll(recorder))).toEqual([
      [0, 'WARMUP', 0, 1_000],
      [1, 'WARMUP', 1_000, 2_000],
      [2, 'MEASUREMENT', 2_000, 3_000],
      [3, 'MEASUREMENT', 3_000, 4_000],
      [4, 'MEASUREMENT', 4_000, 5_000],
    ])
  })

  it('tells each phase before anything of it is counted', () => {
    const recorder = new Recorder(schedule(), 1)
    const told: [string, number][] = []
    recorder.watchPhase(phase => told.push([phase, recorder.totals.started]))
    recorder.sent(10)
    recorder.sent(1_500)
    recorder.sent(2_000)
    recorder.advance(6_000)
    expect(told).toEqual([
      ['WARMUP', 0],
      ['MEASUREMENT', 2],
      ['PROCESSING', 3],
    ])
  })

  it('begins intervals anew with the measurement', () => {
    const recorder = new Recorder(schedule({ warmupMs: 1_500, measurementMs: 1_700 }), 1)
    recorder.advance(9_000)
    expect(edges(takeAll(recorder))).toEqual([
      [0, 'WARMUP', 0, 1_000],
      [1, 'WARMUP', 1_000, 1_500],
      [2, 'MEASUREMENT', 1_500, 2_500],
      [3, 'MEASUREMENT', 2_500, 3_200],
    ])
  })

  it('counts an operation in the interval in which it ended, and its sending in the one in which it was sent', () => {
    const recorder = new Recorder(schedule({ warmupMs: 0 }), 1)
    recorder.sent(990)
    recorder.record(0, 990, 1_010)
    recorder.sent(1_999)
    recorder.record(0, 1_999, 2_000)
    recorder.advance(3_000)
    expect(takeAll(recorder).map(figures)).toEqual([
      { started: 1, operations: 0, errors: 0, cutOff: 0 },
      { started: 1, operations: 1, errors: 0, cutOff: 0 },
      { started: 0, operations: 1, errors: 0, cutOff: 0 },
    ])
  })

  it('cuts off what started in the warmup and ended in the measurement', () => {
    const recorder = new Recorder(schedule(), 1)
    recorder.sent(1_990)
    recorder.sent(1_995)
    recorder.record(0, 1_990, 1_999.999)
    recorder.recordError(0, 1_995, 2_000, 'TIMEOUT', 'x')
    run(recorder, 2_000, 2_001)
    recorder.advance(3_000)
    const closed = takeAll(recorder)
    expect(closed.map(figures)).toEqual([
      { started: 0, operations: 0, errors: 0, cutOff: 0 },
      { started: 2, operations: 1, errors: 0, cutOff: 0 },
      { started: 1, operations: 1, errors: 0, cutOff: 1 },
    ])
    expect(closed[2]?.counts.kinds[0]?.latency.count).toBe(1)
    expect(closed[2]?.counts.errorsByCategory.size).toBe(0)
  })

  it('carries what ended after the measurement in a last snapshot', () => {
    const recorder = new Recorder(schedule(), 1)
    recorder.sent(4_999)
    recorder.record(0, 4_999, 5_040)
    recorder.finish(5_050)
    const last = takeAll(recorder).at(-1) as ClosedInterval
    expect(edges([last])).toEqual([[5, 'PROCESSING', 5_000, 5_050]])
    expect(figures(last)).toEqual({ started: 0, operations: 0, errors: 0, cutOff: 1 })
  })

  it('has no last snapshot when nothing was cut off', () => {
    const recorder = new Recorder(schedule(), 1)
    run(recorder, 4_000, 4_500)
    recorder.finish(7_000)
    expect(takeAll(recorder).at(-1)?.phase).toBe('MEASUREMENT')
  })

  it('ends the current interval where it is stopped, and cuts off what is still in flight', () => {
    const recorder = new Recorder(schedule({ measurementMs: null }), 1)
    run(recorder, 2_100, 2_200)
    recorder.sent(2_300)
    recorder.stop(2_345.5)
    recorder.record(0, 2_300, 2_346)
    recorder.finish(2_400)
    const closed = takeAll(recorder)
    expect(edges(closed.slice(-2))).toEqual([
      [2, 'MEASUREMENT', 2_000, 2_345.5],
      [3, 'PROCESSING', 2_345.5, 2_400],
    ])
    expect(closed.slice(-2).map(figures)).toEqual([
      { started: 2, operations: 1, errors: 0, cutOff: 0 },
      { started: 0, operations: 0, errors: 0, cutOff: 1 },
    ])
  })

  it('changes nothing when it is stopped again, or after the end', () => {
    const recorder = new Recorder(schedule(), 1)
    recorder.stop(500)
    recorder.stop(700)
    recorder.finish(9_000)
    expect(edges(takeAll(recorder))).toEqual([[0, 'WARMUP', 0, 500]])
    const ended = new Recorder(schedule({ warmupMs: 0, measurementMs: 1_000 }), 1)
    ended.advance(1_000)
    ended.stop(1_200)
    expect(edges(takeAll(ended))).toEqual([[0, 'MEASUREMENT', 0, 1_000]])
  })

  it('has nothing to say when it is stopped before the start', () => {
    const recorder = new Recorder(schedule(), 1)
    recorder.stop(-300)
    recorder.finish(100)
    expect(takeAll(recorder)).toEqual([])
  })

  it('begins inside an interval when the worker joins a run under way', () => {
    const recorder = new Recorder(schedule(), 1, 2_600)
    recorder.advance(4_000)
    expect(edges(takeAll(recorder))).toEqual([
      [2, 'MEASUREMENT', 2_600, 3_000],
      [3, 'MEASUREMENT', 3_000, 4_000],
    ])
  })

  it('closes nothing when the worker joins after the end', () => {
    const recorder = new Recorder(schedule(), 1, 8_000)
    recorder.finish(9_000)
    expect(takeAll(recorder)).toEqual([])
  })

  it('keeps kinds apart, and gathers errors by category with the first message of each', () => {
    const recorder = new Recorder(schedule(), 2)
    run(recorder, 1, 3, 0)
    for (const message of ['first', 'second']) {
      recorder.sent(5)
      recorder.recordError(1, 5, 6, 'LOCK', message)
    }
    recorder.sent(7)
    recorder.recordError(0, 7, 8, 'DATA', null)
    recorder.advance(1_000)
    const [closed] = takeAll(recorder)
    expect(closed?.counts.kinds.map(({ operations, errors, latency }) => [operations, errors, latency.count])).toEqual([
      [2, 1, 1],
      [2, 2, 0],
    ])
    expect([...(closed?.counts.errorsByCategory ?? [])]).toEqual([
      ['LOCK', { count: 2, sample: 'first' }],
      ['DATA', { count: 1, sample: null }],
    ])
    expect(recorder.totals).toEqual({ started: 4, operations: 4, errors: 3, cutOff: 0, firstSentMs: 1, lastSentMs: 7 })
  })

  it('shows the connections as they were when the interval closed', () => {
    const recorder = new Recorder(schedule(), 1)
    let active = 3
    recorder.watchConnections(() => ({ active, target: 4, open: 5 }))
    recorder.advance(1_000)
    active = 0
    expect(recorder.takeClosed()).toMatchObject({ activeConnections: 3, targetConnections: 4, openConnections: 5, waiting: null })
  })

  it('starts each interval from nothing when a set of counts is used again', () => {
    const recorder = new Recorder(schedule(), 1)
    for (let second = 0; second < 5; second++) {
      for (let i = 0; i <= second; i++) run(recorder, second * 1_000 + i, second * 1_000 + i + 0.5)
      recorder.advance((second + 1) * 1_000)
      const closed = recorder.takeClosed() as ClosedInterval
      expect(closed.counts.kinds[0]?.latency.count).toBe(second + 1)
      expect(closed.counts.operations).toBe(second + 1)
      recorder.release(closed)
    }
  })

  it('keeps one set of histograms for all intervals in which nothing happened', async () => {
    const recorder = new Recorder(schedule({ intervalMs: 100, measurementMs: 60_000 }), 1)
    recorder.advance(61_950)
    run(recorder, 61_960, 61_970)
    recorder.advance(62_000)
    const closed = takeAll(recorder)
    expect(closed).toHaveLength(620)
    expect(new Set(closed.map(({ counts }) => counts)).size).toBe(2)
    for (const one of closed) recorder.release(one)
    for (let i = 0; i < 3; i++) {
      const kinds = [{ kind: 'INSERT', label: 'INSERT' }] as const
      const { byKind } = await encodeInterval(closed[i] as ClosedInterval, kinds, async () => undefined)
      expect(byKind[0]?.latency).toBeNull()
    }
    expect(closed[0]?.counts.isEmpty()).toBe(true)
  })

  it('carries the errors and cut-off operations of an interval in which nothing was sent', () => {
    const recorder = new Recorder(schedule({ warmupMs: 1_000 }), 1)
    recorder.sent(10)
    recorder.record(0, 10, 1_010)
    recorder.sent(1_020)
    recorder.recordError(0, 1_020, 2_030, 'LOCK', null)
    recorder.advance(3_000)
    expect(takeAll(recorder).map(figures)).toEqual([
      { started: 1, operations: 0, errors: 0, cutOff: 0 },
      { started: 1, operations: 0, errors: 0, cutOff: 1 },
      { started: 0, operations: 1, errors: 1, cutOff: 0 },
    ])
  })

  it.each([100, 250, 333, 999.999, 1_001, 290, 570])('never repeats or skips an interval of %d ms', intervalMs => {
    const recorder = new Recorder(schedule({ intervalMs, warmupMs: 7_000, measurementMs: 60_000 }), 1)
    recorder.advance(67_000)
    const closed = takeAll(recorder)
    expect(closed.map(({ index }) => index)).toEqual(closed.map((_, i) => i))
    expect(closed.length).toBe(Math.ceil(7_000 / intervalMs) + Math.ceil(60_000 / intervalMs))
    const gaps = closed.slice(1).map(({ startMs }, i) => Math.abs(startMs - (closed[i]?.endMs as number)))
    expect(Math.max(...gaps)).toBeLessThan(1e-6)
  })

  it('accounts for every operation that was sent, whatever comes in which order', () => {
    const seed = 4_711
    for (let round = 0; round < 30; round++) {
      const random = seededRandom(seed, round, 'recorder')
      const recorder = new Recorder(schedule({ warmupMs: random.below(3_000), measurementMs: 1_000 + random.below(3_000) }), 2)
      const stopAtMs = random.below(2) === 0 ? Number.POSITIVE_INFINITY : random.below(6_000)
      const loops = Array.from({ length: 5 }, () => ({ sentMs: -1, untilMs: 0 }))
      let isStopped = false
      for (let nowMs = 0; nowMs < 9_000; nowMs += 1 + random.below(40)) {
        if (nowMs >= stopAtMs && !isStopped) {
          recorder.stop(nowMs)
          isStopped = true
        }
        for (const loop of loops) {
          if (loop.sentMs >= 0 && nowMs >= loop.untilMs) {
            if (random.below(5) === 0) recorder.recordError(1, loop.sentMs, nowMs, 'OTHER', null)
            else recorder.record(0, loop.sentMs, nowMs)
            loop.sentMs = -1
          }
          if (loop.sentMs < 0 && !isStopped && nowMs < 4_000) {
            recorder.sent(nowMs)
            loop.sentMs = nowMs
            loop.untilMs = nowMs + random.below(900)
          }
        }
      }
      recorder.finish(9_000)
      const closed = takeAll(recorder).map(figures)
      const sum = (figure: keyof ReturnType<typeof figures>) => closed.reduce((total, one) => total + one[figure], 0)
      const why = `seed ${seed}, round ${round}`
      expect(sum('started'), why).toBe(sum('operations') + sum('cutOff'))
      for (const figure of ['started', 'operations', 'errors', 'cutOff'] as const) expect(recorder.totals[figure], why).toBe(sum(figure))
    }
  })
})

describe('the pace of a closed loop', () => {
  it('is the end of the last operation plus think time, and nothing once that is past the end of the load', () => {
    expect(nextSendAt(100, 0, 1_000)).toBe(100)
    expect(nextSendAt(100, 50, 1_000)).toBe(150)
    expect(nextSendAt(990, 10, 1_000)).toBeNull()
    expect(nextSendAt(990, 10, Number.POSITIVE_INFINITY)).toBe(1_000)
  })
})
