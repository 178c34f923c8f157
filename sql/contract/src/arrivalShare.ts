/**
 * From the offset `fromMs` on, whose each arrival is: a part of RUN_STATUS.ARRIVAL_SHARES, which holds them in order since the start; of those that
 * are long over, only such in which a worker appears for the first time. An entry replaces the one before it at its moment, which lies far enough ahead
 * for every worker to have heard of it; so each arrival is one worker's. What a worker does that hears too late: see `ArrivalReader`.
 */
export interface ArrivalShare {
  /** Milliseconds from the agreed start. */
  readonly fromMs: number
  /** Whole parts by worker id, all above 0: arrivals go round in proportion to them. Even shares are all 1. */
  readonly parts: Readonly<Record<string, number>>
}
