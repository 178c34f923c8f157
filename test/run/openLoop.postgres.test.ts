import { performance } from 'node:perf_hooks'
import {
  type ArrivalCounts,
  type ArrivalPlan,
  type ArrivalShare,
  addEncoded,
  arrivalPlanOf,
  arrivalsOf,
  countArrivals,
  type EncodedHistogram,
  LatencyHistogram,
  type Plan,
  startHistograms,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { startDirectLoad } from '../kit/directLoad.ts'
import { until } from '../kit/processes.ts'
import { type PlanChange, samplePlan } from '../kit/samplePlan.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'
import { type FreshSutDatabase, freshSutDatabase } from '../kit/sutDatabase.ts'

let sut: FreshSutDatabase
let slow: SlowSut | null = null
beforeAll(async () => {
  await startHistograms()
  sut = await freshSutDatabase({ rows: 500 })
})
afterAll(() => sut.drop())
afterEach(async () => {
  await slow?.close()
  slow = null
})

const MINE: readonly ArrivalShare[] = [{ fromMs: 0, parts: { 'worker-0': 1 } }]

const openPlan = (load: PlanChange['load'], targetConnections: number): Plan => {
  const plan = samplePlan({ load: { mode: 'QPS', durationSeconds: 2, warmupSeconds: 0, ...load }, targetConnections })
  return { ...plan, target: { ...plan.target, database: sut.database } }
}

type CountOfArrivals = Exclude<keyof ArrivalCounts, 'clockError' | 'waiting'>
const arrivalsIn = (snapshots: readonly WorkerSnapshot[], figure: CountOfArrivals): number =>
  snapshots.reduce((sum, { arrivals }) => sum + (arrivals?.[figure] ?? 0), 0)
const sumOf = (snapshots: readonly WorkerSnapshot[], figure: 'started' | 'operations' | 'errors' | 'cutOff'): number =>
  snapshots.reduce((sum, snapshot) => sum + snapshot[figure], 0)
const added = (histograms: readonly (EncodedHistogram | null)[]): LatencyHistogram => {
  const sum = addEncoded(histograms)
  return sum === null ? expect.fail('nothing was recorded') : LatencyHistogram.decode(sum)
}
const listOwn = (plan: ArrivalPlan, workerId: string, shares: readonly ArrivalShare[], endMs: number): number[] => {
  const own = arrivalsOf(plan, shares, workerId, 0)
  const all: number[] = []
  for (let atMs = own.next(); atMs < endMs; atMs = own.next()) all.push(atMs)
  return all
}

describe('an open loop on a real server', () => {
  it.each([
    ['CONSTANT', 'HYBRID'],
    ['POISSON', 'HYBRID'],
    ['CONSTANT', 'TICKER'],
    ['POISSON', 'TICKER'],
  ] as const)('starts each arrival of the schedule, or says that it was missed (%s, %s)', async (arrival, clock) => {
    const plan = openPlan({ targetQps: 300, arrival, warmupSeconds: 1 }, 8)
    const direct = await startDirectLoad({ address: sut, plan, clock }, load => load.setShares(MINE))
    const snapshots = await direct.end()
    const arrivals = arrivalPlanOf(plan) as ArrivalPlan
    for (const snapshot of snapshots.filter(({ phase }) => phase !== 'PROCESSING')) {
      expect(snapshot.arrivals?.planned).toBe(countArrivals(arrivals, snapshot.startMs, snapshot.endMs))
      expect(snapshot).toMatchObject({ targetConnections: 8, openConnections: 8 })
    }
    const planned = countArrivals(arrivals, 0, 3_000)
    expect(arrivalsIn(snapshots, 'planned')).toBe(planned)
    expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(planned)
    expect(sumOf(snapshots, 'operations') + sumOf(snapshots, 'cutOff')).toBe(sumOf(snapshots, 'started'))
    const kinds = snapshots.flatMap(({ byKind }) => byKind)
    expect(added(kinds.map(({ service }) => service)).count).toBe(added(kinds.map(({ latency }) => latency)).count)
    expect(added(snapshots.map(one => one.arrivals?.clockError ?? null)).count).toBeGreaterThan(0)
  })

  it('is shared by workers, also when the shares change and one comes later', async () => {
    const plan = openPlan({ targetQps: 400, arrival: 'POISSON', durationSeconds: 3 }, 4)
    const originMs = performance.now() + 1_000
    const shares: readonly ArrivalShare[] = [
      { fromMs: 0, parts: { 'worker-0': 1, 'worker-1': 1 } },
      { fromMs: 1_500, parts: { 'worker-0': 1, 'worker-1': 1, 'worker-2': 2 } },
    ]
    const begin = (workerGroupId: number, known: readonly ArrivalShare[]) =>
      startDirectLoad({ address: sut, plan, originMs, workerGroupId, workerGroupCount: 3 }, load => load.setShares(known))
    const first = await Promise.all([begin(0, shares.slice(0, 1)), begin(1, shares.slice(0, 1))])
    await until(
      'the third may come',
      () => performance.now() - originMs,
      sinceStartMs => sinceStartMs > 500,
    )
    const third = await begin(2, shares)
    for (const { load } of first) load.setShares(shares)
    const all = await Promise.all([...first, third].map(one => one.end()))
    const arrivals = arrivalPlanOf(plan) as ArrivalPlan
    for (const [i, snapshots] of all.entries()) {
      expect(arrivalsIn(snapshots, 'planned')).toBe(listOwn(arrivals, `worker-${i}`, shares, 3_000).length)
      expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(arrivalsIn(snapshots, 'planned'))
    }
    expect(arrivalsIn(all.flat(), 'planned')).toBe(countArrivals(arrivals, 0, 3_000))
    const joined = third.snapshots.filter(({ endMs }) => endMs <= 1_500)
    expect([sumOf(joined, 'started'), arrivalsIn(joined, 'planned')]).toEqual([0, 0])
  })

  it('sends nothing without a share, holds its connections, and begins when it has one', async () => {
    const plan = openPlan({ targetQps: 200, arrival: 'CONSTANT' }, 3)
    const direct = await startDirectLoad({ address: sut, plan })
    await until(
      'a second has passed',
      () => direct.snapshots.length,
      taken => taken >= 1,
    )
    expect(direct.snapshots[0]).toMatchObject({ started: 0, openConnections: 3, arrivals: { planned: 0, missed: 0, waiting: 0 } })
    const fromMs = direct.load.sinceStartMs() + 100
    direct.load.setShares([{ fromMs, parts: { 'worker-0': 1 } }])
    const snapshots = await direct.end()
    const planned = countArrivals(arrivalPlanOf(plan) as ArrivalPlan, fromMs, 2_000)
    expect(arrivalsIn(snapshots, 'planned')).toBe(planned)
    expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(planned)
  })

  it('goes on after its connections were lost, and loses no arrival over it', async () => {
    const plan = openPlan({ targetQps: 200, arrival: 'CONSTANT', durationSeconds: 4 }, 3)
    const direct = await startDirectLoad({ address: sut, plan }, load => load.setShares(MINE))
    await until(
      'it runs',
      () => direct.load.totals.operations,
      operations => operations > 100,
    )
    await asAdmin(sut.adminUrl, admin =>
      admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'flakebench worker-0'",
      ),
    )
    const snapshots = await direct.end()
    expect(arrivalsIn(snapshots, 'planned')).toBe(800)
    expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(800)
    expect(sumOf(snapshots, 'errors')).toBeLessThanOrEqual(3)
    expect(snapshots.filter(({ phase }) => phase === 'MEASUREMENT').at(-1)).toMatchObject({ openConnections: 3 })
  })

  it('grows and shrinks while the rate holds', async () => {
    const plan = openPlan({ targetQps: 200, arrival: 'CONSTANT', durationSeconds: 3 }, 2)
    const direct = await startDirectLoad({ address: sut, plan }, load => load.setShares(MINE))
    direct.load.setTarget(6)
    await until(
      'six were open',
      () => direct.snapshots.at(-1)?.openConnections,
      open => open === 6,
    )
    direct.load.setTarget(1)
    const snapshots = await direct.end()
    expect(snapshots.filter(({ phase }) => phase === 'MEASUREMENT').at(-1)).toMatchObject({ openConnections: 1, targetConnections: 1 })
    expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(600)
    expect(sumOf(snapshots, 'errors')).toBe(0)
  })
})

describe('an open loop against a server that freezes', () => {
  const FREEZE_MS = 2_000
  const RATE = 200
  const CONNECTIONS = 4
  /** Two passages of the loopback device and a wake-up at each end, on a machine that others use too. */
  const PASSAGE_MS = 5

  /** The nearest-rank percentile. */
  const percentile = (values: readonly number[], percent: number): number =>
    [...values].sort((a, b) => a - b)[Math.max(Math.ceil((percent / 100) * values.length), 1) - 1] as number

  it('shows the response times that follow from the schedule, and service times that hide them', async () => {
    slow = await startSlowSut(sut)
    const dial = slow
    const plan = openPlan({ targetQps: RATE, arrival: 'CONSTANT', durationSeconds: 6 }, CONNECTIONS)
    const direct = await startDirectLoad({ address: { ...sut, host: '127.0.0.1', port: dial.port }, plan, clock: 'TICKER' }, load =>
      load.setShares(MINE),
    )
    await until(
      'two seconds have passed',
      () => direct.load.sinceStartMs(),
      sinceStartMs => sinceStartMs >= 2_000,
    )
    dial.readOwnDelay()
    const thawMs = direct.load.sinceStartMs() + FREEZE_MS
    dial.freeze(FREEZE_MS)
    const snapshots = await direct.end()
    const { maxMs: ownDelayMs } = dial.readOwnDelay()

    expect(arrivalsIn(snapshots, 'planned')).toBe(RATE * 6)
    expect(sumOf(snapshots, 'started') + arrivalsIn(snapshots, 'missed')).toBe(RATE * 6)
    expect(sumOf(snapshots, 'errors')).toBe(0)
    // At most what came in the last moment.
    expect(arrivalsIn(snapshots, 'missed')).toBeLessThan(RATE / 10)
    const kinds = snapshots.flatMap(({ byKind }) => byKind)
    const response = added(kinds.map(({ latency }) => latency))
    const service = added(kinds.map(({ service }) => service))
    const intended = listOwn(arrivalPlanOf(plan) as ArrivalPlan, 'worker-0', MINE, 6_000)

    // What follows from the schedule alone: whoever comes during the freeze has to wait for its end.
    const due = percentile(
      intended.map(atMs => (atMs >= thawMs - FREEZE_MS && atMs < thawMs ? thawMs - atMs : 0)),
      99,
    )
    const p99Ms = response.percentileMs(99) as number
    const words = `${p99Ms} ms are shown, ${due} ms follow from the freeze, this process was up to ${ownDelayMs} ms late`
    expect(p99Ms, words).toBeGreaterThan(due - PASSAGE_MS - 1_000 / RATE)
    expect(p99Ms, words).toBeLessThan(due + 0.05 * FREEZE_MS + ownDelayMs)
    expect(p99Ms).toBeGreaterThan(0.9 * FREEZE_MS)
    expect(service.percentileMs(99)).toBeLessThan(FREEZE_MS / 4)
    expect(service.maxMs()).toBeGreaterThan(FREEZE_MS - 100)

    // And from when the server's answers really left, the first to come being the first to be served: over the whole time, catching up included.
    const left = dial.answered
      .filter(({ statement }) => /^flakebench_\d+$/.test(statement ?? ''))
      .map(({ arrivedAtMs, imposedMs }) => arrivedAtMs + imposedMs - performance.timeOrigin - direct.originMs)
      .filter(leftMs => leftMs >= 0)
      .sort((one, other) => one - other)
    expect(left).toHaveLength(sumOf(snapshots, 'started'))
    const exact = left.map((leftMs, i) => leftMs - (intended[i] as number))
    for (const percent of [75, 90, 95, 99, 100]) {
      const [shown, imposed] = [response.percentileMs(percent) as number, percentile(exact, percent)]
      expect(Math.abs(shown - imposed), `p${percent}: ${shown} ms are shown, ${imposed} ms were imposed`).toBeLessThan(
        PASSAGE_MS + ownDelayMs + imposed * 0.01,
      )
    }
    const waiting = Math.max(...snapshots.map(({ arrivals }) => arrivals?.waiting ?? 0))
    expect(waiting).toBeGreaterThan(RATE / 2)
    expect(arrivalsIn(snapshots, 'late')).toBeGreaterThan(RATE * 1.5)
  })
})
