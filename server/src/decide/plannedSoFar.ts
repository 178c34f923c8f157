import { type ArrivalPlan, arrivalPlanOf, countArrivals, type Plan } from '@flakebench/contract'

/** How many arrivals the schedule has in the measurement up to a moment, counted on from the last one that was asked for. */
export class PlannedSoFar {
  readonly #plan: ArrivalPlan | null
  readonly #fromMs: number
  #untilMs: number
  #count = 0

  constructor(plan: Plan) {
    this.#plan = arrivalPlanOf(plan)
    this.#fromMs = plan.load.warmupSeconds * 1_000
    this.#untilMs = this.#fromMs
  }

  /** @param untilMs from the agreed start @returns null: the run has no schedule */
  over(untilMs: number): { readonly planned: number; readonly seconds: number } | null {
    if (this.#plan === null) return null
    const toMs = Math.max(this.#fromMs, untilMs)
    if (toMs < this.#untilMs) {
      this.#count = 0
      this.#untilMs = this.#fromMs
    }
    this.#count += countArrivals(this.#plan, this.#untilMs, toMs)
    this.#untilMs = toMs
    return { planned: this.#count, seconds: (toMs - this.#fromMs) / 1_000 }
  }
}
