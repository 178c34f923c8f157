import type { Rollup } from '@flakebench/contract'

/** So long an interval that has changed goes with every update: one may miss an update, hardly all of them. */
const TOLD_MS = 5_000

/** Remembers what was shown of one run, to show again what is no longer as it was: a snapshot that came late belongs to an interval long past. */
export class ChangedRollups {
  readonly #shown = new Map<number, { readonly rollup: Rollup; readonly sinceMs: number }>()
  #hasShown = false

  /**
   * @param rollups all that can be shown, in order; another object where one has changed @param newest of them so many are shown in any case
   * @param nowMs the caller's monotonic milliseconds
   */
  pick(rollups: readonly Rollup[], newest: number, nowMs: number): Rollup[] {
    const before = new Map(this.#shown)
    this.#shown.clear()
    for (const rollup of rollups) {
      const known = before.get(rollup.intervalIndex)
      const sinceMs = this.#hasShown ? nowMs : Number.NEGATIVE_INFINITY
      this.#shown.set(rollup.intervalIndex, known?.rollup === rollup ? known : { rollup, sinceMs })
    }
    this.#hasShown = true
    const isChanged = ({ intervalIndex }: Rollup): boolean => nowMs - (this.#shown.get(intervalIndex)?.sinceMs ?? nowMs) < TOLD_MS
    return rollups.filter((rollup, i) => i >= rollups.length - newest || isChanged(rollup))
  }
}
