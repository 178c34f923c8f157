import {
  type Accounting,
  type ErrorCount,
  type KindSnapshot,
  LATENCY_AGGREGATION_METHOD,
  LatencyHistogram,
  type Result,
  type WorkerSnapshot,
} from '@flakebench/contract'
import { addErrors } from './kindSums.ts'

interface KindTally {
  readonly kind: KindSnapshot['kind']
  readonly label: string
  operations: number
  errors: number
  readonly latency: LatencyHistogram
}

/**
 * The measurement so far, of one worker or of all: snapshots added in any order. Holds WebAssembly memory; `free` gives it back.
 */
export class Tally {
  #operations = 0
  #errors = 0
  #cutOff = 0
  #retried = 0
  #firstMs = Number.POSITIVE_INFINITY
  #lastMs = Number.NEGATIVE_INFINITY
  #errorsByCategory: ErrorCount[] = []
  readonly #kinds = new Map<string, KindTally>()
  /** Intervals in which a worker may have been the limit, each once, with the length of the longest such part. */
  readonly #limited = new Map<number, number>()
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
      this.#limited.set(snapshot.intervalIndex, Math.max(seconds, this.#limited.get(snapshot.intervalIndex) ?? 0))
    }
    for (const one of snapshot.byKind) this.#addKind(one)
  }

  #addKind(one: KindSnapshot): void {
    const key = `${one.kind}\n${one.label}`
    let kind = this.#kinds.get(key)
    if (kind === undefined) {
      kind = { kind: one.kind, label: one.label, operations: 0, errors: 0, latency: new LatencyHistogram() }
      this.#kinds.set(key, kind)
    }
    kind.operations += one.operations
    kind.errors += one.errors
    if (one.latency === null) return
    const latency = LatencyHistogram.decode(one.latency)
    kind.latency.add(latency)
    latency.free()
  }

  /** What was sent, and what became of it, over all phases. */
  accounting(missingSnapshots: number, silentWorkers = 0): Accounting {
    return { started: this.#started, ended: this.#ended, cutOff: this.#allCutOff, missingSnapshots, silentWorkers }
  }

  /** The figures of the measurement. Rates are over the time from its start to the end of the last worker's last interval. */
  result(startSkewMs: number | null, missingSnapshots: number, silentWorkers = 0): Result {
    const measuredSeconds = this.#lastMs > this.#firstMs ? (this.#lastMs - this.#firstMs) / 1_000 : 0
    const all = new LatencyHistogram()
    for (const kind of this.#kinds.values()) all.add(kind.latency)
    const result: Result = {
      measuredSeconds,
      totalOperations: this.#operations,
      failedOperations: this.#errors,
      cutOffOperations: this.#cutOff,
      retriedOperations: this.#retried,
      qps: measuredSeconds === 0 ? 0 : (this.#operations - this.#errors) / measuredSeconds,
      errorRate: this.#operations === 0 ? 0 : this.#errors / this.#operations,
      p50Ms: all.percentileMs(50),
      p95Ms: all.percentileMs(95),
      p99Ms: all.percentileMs(99),
      p999Ms: all.percentileMs(99.9),
      minMs: all.minMs(),
      maxMs: all.maxMs(),
      meanMs: all.meanMs(),
      clientLimitedSeconds: [...this.#limited.values()].reduce((total, seconds) => total + seconds, 0),
      latencyAggregationMethod: LATENCY_AGGREGATION_METHOD,
      latency: all.encode(),
      byKind: [...this.#kinds.values()].map(kind => ({
        kind: kind.kind,
        label: kind.label,
        operations: kind.operations,
        errors: kind.errors,
        latency: kind.latency.encode(),
        service: null,
      })),
      errorsByCategory: this.#errorsByCategory,
      startSkewMs,
      accounting: this.accounting(missingSnapshots, silentWorkers),
      arrivals: null,
      slos: [],
      findMax: null,
      lostWorkers: [],
    }
    all.free()
    return result
  }

  free(): void {
    for (const kind of this.#kinds.values()) kind.latency.free()
    this.#kinds.clear()
  }
}
