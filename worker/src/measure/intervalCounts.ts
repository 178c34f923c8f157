import type { ErrorCategory } from '@flakebench/contract'
import { LatencyHistogram } from '@flakebench/contract'

/** What one kind of operation did in one interval. */
export interface KindCounts {
  operations: number
  errors: number
  /** From the intended start. */
  readonly latency: LatencyHistogram
  /** From the actual start; null in a closed loop. */
  readonly service: LatencyHistogram | null
}

/** What all kinds did in one interval. Its histograms are costly to make, so it is reset and used again. */
export class IntervalCounts {
  started = 0
  operations = 0
  errors = 0
  cutOff = 0
  /** Of `operations`, those that the driver sent again by itself. */
  retried = 0
  /** Arrivals of an open loop, and what became of them. */
  planned = 0
  late = 0
  missed = 0
  /** How late the arrival clock was; null in a closed loop. */
  readonly clockError: LatencyHistogram | null
  readonly kinds: readonly KindCounts[]
  readonly errorsByCategory = new Map<ErrorCategory, { count: number; sample: string | null }>()

  constructor(kindCount: number, isOpenLoop = false) {
    const ofOpenLoop = (): LatencyHistogram | null => (isOpenLoop ? new LatencyHistogram() : null)
    this.clockError = ofOpenLoop()
    this.kinds = Array.from({ length: kindCount }, () => ({
      operations: 0,
      errors: 0,
      latency: new LatencyHistogram(),
      service: ofOpenLoop(),
    }))
  }

  addError(category: ErrorCategory, sample: string | null): void {
    const known = this.errorsByCategory.get(category)
    if (known === undefined) this.errorsByCategory.set(category, { count: 1, sample })
    else known.count += 1
  }

  isEmpty(): boolean {
    return this.started === 0 && this.operations === 0 && this.cutOff === 0 && this.planned === 0 && this.missed === 0
  }

  reset(): void {
    this.started = 0
    this.operations = 0
    this.errors = 0
    this.cutOff = 0
    this.retried = 0
    this.planned = 0
    this.late = 0
    this.missed = 0
    resetUsed(this.clockError)
    this.errorsByCategory.clear()
    for (const kind of this.kinds) {
      resetUsed(kind.latency)
      resetUsed(kind.service)
      kind.operations = 0
      kind.errors = 0
    }
  }

  free(): void {
    this.clockError?.free()
    for (const kind of this.kinds) {
      kind.latency.free()
      kind.service?.free()
    }
  }
}

const resetUsed = (histogram: LatencyHistogram | null): void => {
  if (histogram !== null && histogram.count > 0) histogram.reset()
}
