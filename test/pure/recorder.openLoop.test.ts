import { type RunSchedule, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ClosedInterval, Recorder } from '../../worker/src/measure/recorder.ts'

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
const figures = ({ counts: { started, operations, errors, cutOff } }: ClosedInterval) => ({ started, operations, errors, cutOff })

describe('the recorder of an open loop', () => {
  const openRecorder = (over: Partial<RunSchedule> = {}) => new Recorder(schedule(over), 1, 0, true)
  const arrivals = ({ counts: { planned, late, missed }, waiting }: ClosedInterval) => ({ planned, late, missed, waiting })

  it('keeps response times from the intended start, service times from the actual one, and how late the clock was', () => {
    const recorder = openRecorder({ warmupMs: 0 })
    recorder.watchArrivals(() => 0)
    for (const [intendedMs, sentMs, endMs, foundFree] of [
      [100, 100.25, 102.25, true],
      [200, 260, 261, false],
    ] as const) {
      recorder.planned(intendedMs)
      recorder.sentArrival(intendedMs, sentMs, foundFree)
      recorder.record(0, intendedMs, endMs, false, sentMs)
    }
    recorder.advance(1_000)
    const closed = recorder.takeClosed() as ClosedInterval
    const { latency, service } = closed.counts.kinds[0] as ClosedInterval['counts']['kinds'][number]
    expect([latency.minMs(), latency.maxMs()]).toEqual([2.25, 61])
    expect([service?.minMs(), service?.maxMs()]).toEqual([1, 2])
    expect([closed.counts.clockError?.count, closed.counts.clockError?.maxMs()]).toEqual([1, 0.25])
    expect(arrivals(closed)).toEqual({ planned: 2, late: 1, missed: 0, waiting: 0 })
  })

  it('asks at the end of each interval for what was intended in it, before it is closed', () => {
    const recorder = openRecorder({ warmupMs: 0 })
    const asked: number[] = []
    recorder.watchArrivals(endMs => {
      asked.push(endMs)
      recorder.planned(endMs - 1)
      recorder.missed(endMs - 2)
      return asked.length
    })
    recorder.advance(2_000)
    expect(asked).toEqual([1_000, 2_000])
    expect(takeAll(recorder).map(arrivals)).toEqual([
      { planned: 1, late: 0, missed: 1, waiting: 1 },
      { planned: 1, late: 0, missed: 1, waiting: 2 },
    ])
  })

  it('counts an operation in the phase of its intended start: what the warmup left over is cut off, and neither late nor missed', () => {
    const recorder = openRecorder({ warmupMs: 1_000 })
    recorder.watchArrivals(() => 0)
    recorder.advance(1_000)
    recorder.sentArrival(900, 1_500, false)
    recorder.missed(950)
    recorder.record(0, 900, 1_600, false, 1_500)
    recorder.advance(2_000)
    const closed = takeAll(recorder)[1] as ClosedInterval
    expect(figures(closed)).toEqual({ started: 1, operations: 0, errors: 0, cutOff: 1 })
    expect(arrivals(closed)).toEqual({ planned: 0, late: 0, missed: 0, waiting: 0 })
  })

  it('closes the interval in which it is stopped when all that happened there is that something was missed', () => {
    const recorder = openRecorder({ warmupMs: 0 })
    let waiting = 1
    recorder.watchArrivals(() => {
      for (; isOver && waiting > 0; waiting--) recorder.missed(990)
      return waiting
    })
    let isOver = false
    recorder.advance(1_000)
    isOver = true
    recorder.stop(1_000)
    expect(takeAll(recorder).map(arrivals)).toEqual([
      { planned: 0, late: 0, missed: 0, waiting: 1 },
      { planned: 0, late: 0, missed: 1, waiting: 0 },
    ])
  })

  it('starts each interval from nothing when a set of counts is used again', () => {
    const recorder = openRecorder({ warmupMs: 0, measurementMs: 9_000 })
    recorder.watchArrivals(() => 0)
    for (let second = 0; second < 5; second++) {
      const intendedMs = second * 1_000
      recorder.planned(intendedMs)
      recorder.missed(intendedMs)
      recorder.sentArrival(intendedMs, intendedMs + 20, true)
      recorder.record(0, intendedMs, intendedMs + 30, false, intendedMs + 20)
      recorder.advance(intendedMs + 1_000)
      const closed = recorder.takeClosed() as ClosedInterval
      expect(arrivals(closed)).toEqual({ planned: 1, late: 1, missed: 1, waiting: 0 })
      expect([closed.counts.clockError?.count, closed.counts.kinds[0]?.service?.count]).toEqual([1, 1])
      recorder.release(closed)
    }
  })
})
