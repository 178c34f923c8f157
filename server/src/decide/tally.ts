import {
  type Accounting,
  type ArrivalResult,
  type ErrorCount,
  LATENCY_AGGREGATION_METHOD,
  type Result,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { type ArrivalFigures, ArrivalTally } from './arrivalTally.ts'
import { KindHistograms, type OpenSnapshot } from './kindHistograms.ts'
import { addErrors } from './kindSums.ts'
import { type SumHistogram, withSum } from './sumHistogram.ts'

/** What a result says beyond what snapshots can tell. */
export interface Testimony extends Pick<Result, 'startSkewMs' | 'slos' | 'findMax' | 'lostWorkers'> {
  readonly missingSnapshots: number
  readonly silentWorkers: number
  readonly arrivals: ArrivalResult | null
}

export const NO_TESTIMONY: Testimony = {
  startSkewMs: null,
  missingSnapshots: 0,
  silentWorkers: 0,
  arrivals: null,
  slos: [],
  findMax: null,
  lostWorkers: [],
}

/** The measurement so far, of one worker or of all, without its histograms: snapshots added in any order. */
export class Counts {
  #operations = 0
  #errors = 0
  #cutOff = 0
  #retried = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  #errorsByCategory: ErrorCount[] = []
  /** Intervals in which a worker may have been the limit, each once, with the length of the longest such part. */
  readonly #limited = new Map<number, number>()
  #limitedSeconds = 0
  #started = 0
  #ended = 0
  #allCutOff = 0

  add(snapshot: WorkerSnapshot): void {
    this.#started += snapshot.started
    this.#ended += snapshot.operations
    this.#allCutOff += snapshot.cutOff
    if (snapshot.phase === 'PROCESSING') this.#cutOff += snapshot.cutOff
    if (snapshot.phase !== 'MEASUREMENT') return
    this.#cutOff += snapshot.cutOff
    this.#operations += snapshot.operations
    this.#errors += snapshot.errors
    this.#retried += snapshot.retriedOperations
    this.#firstMs = Math.min(this.#firstMs, snapshot.startMs)
    this.#lastMs = Math.max(this.#lastMs, snapshot.endMs)
    this.#errorsByCategory = addErrors([this.#errorsByCategory, snapshot.errorsByCategory])
    if (snapshot.client.limited) {
      const seconds = (snapshot.endMs - snapshot.startMs) / 1_000
      const before = this.#limited.get(snapshot.intervalIndex) ?? 0
      this.#limited.set(snapshot.intervalIndex, Math.max(seconds, before))
      this.#limitedSeconds += Math.max(0, seconds - before)
    }
  }

  get measuredSeconds(): number {
    return this.#lastMs > this.#firstMs ? (this.#lastMs - this.#firstMs) / 1_000 : 0
  }

  /** Where the newest interval of the measurement ends, from the agreed start; −Infinity before the first. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** The figures of the measurement. Rates are over the time from its start to the end of the last worker's last interval. */
  result(kinds: KindHistograms, warmup: KindHistograms, { missingSnapshots, silentWorkers, ...told }: Testimony): Result {
    const { measuredSeconds } = this
    const accounting: Accounting = {
      started: this.#started,
      ended: this.#ended,
      cutOff: this.#allCutOff,
      missingSnapshots,
      silentWorkers,
    }
    return {
      measuredSeconds,
      totalOperations: this.#operations,
      failedOperations: this.#errors,
      cutOffOperations: this.#cutOff,
      retriedOperations: this.#retried,
      qps: measuredSeconds === 0 ? 0 : (this.#operations - this.#errors) / measuredSeconds,
      errorRate: this.#operations === 0 ? 0 : this.#errors / this.#operations,
      ...withSum(kinds.latencies(), all => ({
        p50Ms: all.percentileMs(50),
        p95Ms: all.percentileMs(95),
        p99Ms: all.percentileMs(99),
        p999Ms: all.percentileMs(99.9),
        minMs: all.histogram?.minMs() ?? null,
        maxMs: all.histogram?.maxMs() ?? null,
        meanMs: all.histogram?.meanMs() ?? null,
        latency: all.encode(),
      })),
      clientLimitedSeconds: this.#limitedSeconds,
      latencyAggregationMethod: LATENCY_AGGREGATION_METHOD,
      byKind: kinds.encode(),
      warmupByKind: warmup.encode(),
      errorsByCategory: this.#errorsByCategory,
      accounting,
      ...told,
    }
  }
}

/** The measurement so far of one worker, histograms and all. Holds WebAssembly memory; `free` gives it back. */
export class Tally {
  readonly counts = new Counts()
  readonly kinds = new KindHistograms()
  readonly warmup = new KindHistograms()
  readonly #arrivals = new ArrivalTally()

  add({ snapshot, kinds, clockError }: OpenSnapshot): void {
    this.counts.add(snapshot)
    this.#arrivals.add(snapshot, clockError)
    if (snapshot.phase === 'MEASUREMENT') this.kinds.add(kinds)
    else if (snapshot.phase === 'WARMUP') this.warmup.add(kinds)
  }

  /** Null: a closed loop. */
  arrivals(): ArrivalFigures | null {
    return this.#arrivals.figures()
  }

  get clockError(): SumHistogram {
    return this.#arrivals.clockError
  }

  result(told: Testimony): Result {
    return this.counts.result(this.kinds, this.warmup, told)
  }

  free(): void {
    this.kinds.free()
    this.warmup.free()
    this.#arrivals.free()
  }
}

/** Hands the histograms of several tallies, added, to `read`, which must not keep them. */
export const withKinds = <T>(tallies: readonly Tally[], read: (kinds: KindHistograms, warmup: KindHistograms) => T): T => {
  const [only] = tallies
  if (tallies.length === 1 && only !== undefined) return read(only.kinds, only.warmup)
  const kinds = new KindHistograms()
  const warmup = new KindHistograms()
  for (const tally of tallies) {
    kinds.add(tally.kinds)
    warmup.add(tally.warmup)
  }
  const value = read(kinds, warmup)
  kinds.free()
  warmup.free()
  return value
}

/** The percentiles that an account of arrivals shows. */
export const arrivalPercentiles = (kinds: KindHistograms, tallies: readonly Tally[]) => ({
  ...withSum(kinds.services(), all => ({
    serviceP50Ms: all.percentileMs(50),
    serviceP95Ms: all.percentileMs(95),
    serviceP99Ms: all.percentileMs(99),
  })),
  ...withSum(
    tallies.map(tally => tally.clockError),
    all => ({ clockErrorP50Ms: all.percentileMs(50), clockErrorP99Ms: all.percentileMs(99) }),
  ),
})
