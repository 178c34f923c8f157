import type { ErrorCategory } from '@flakebench/contract'
import { LatencyHistogram } from '@flakebench/contract'

/** What one kind of operation did in one interval. */
export interface KindCounts {
  operations: number
  errors: number
  readonly latency: LatencyHistogram
}

/** What all kinds did in one interval. Its histograms are costly to make, so it is reset and used again. */
export class IntervalCounts {
  started = 0
  operations = 0
  errors = 0
  cutOff = 0
  /** Of `operations`, those that the driver sent again by itself. */
  retried = 0
  readonly kinds: readonly KindCounts[]
  readonly errorsByCategory = new Map<ErrorCategory, { count: number; sample: string | null }>()

  constructor(kindCount: number) {
    this.kinds = Array.from({ length: kindCount }, () => ({ operations: 0, errors: 0, latency: new LatencyHistogram() }))
  }

  addError(category: ErrorCategory, sample: string | null): void {
    const known = this.errorsByCategory.get(category)
    if (known === undefined) this.errorsByCategory.set(category, { count: 1, sample })
    else known.count += 1
  }

  isEmpty(): boolean {
    return this.started === 0 && this.operations === 0 && this.cutOff === 0
  }

  reset(): void {
    this.started = 0
    this.operations = 0
    this.errors = 0
    this.cutOff = 0
    this.retried = 0
    this.errorsByCategory.clear()
    for (const kind of this.kinds) {
      if (kind.latency.count > 0) kind.latency.reset()
      kind.operations = 0
      kind.errors = 0
    }
  }

  free(): void {
    for (const kind of this.kinds) kind.latency.free()
  }
}
