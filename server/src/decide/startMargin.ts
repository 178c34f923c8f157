/** Of the change of state that carries START: it begins, is counted, the command and the result row are written, it commits. */
const WRITE_STATEMENTS = 6
/** Until a worker has heard of it: the poll that just missed it, the poll that sees it, and the reading of the command. */
const HEAR_STATEMENTS = 3

/** What the control database takes now. Milliseconds. */
export interface StartConditions {
  /** Since the run, and with it the database's clock, was asked for. */
  readonly sinceReadMs: number
  /** What a statement takes. */
  readonly statementMs: number
  /** For everything else (see `ControlPace`). */
  readonly startMarginMs: number
}

/** How far after the reading of the clock the agreed start must lie, so that it is still to come when the last worker hears of it. */
export const decideStartMargin = ({ sinceReadMs, statementMs, startMarginMs }: StartConditions): number =>
  sinceReadMs + (WRITE_STATEMENTS + HEAR_STATEMENTS) * statementMs + startMarginMs

/** Whether START was written so late that workers may hear of it too late. @param leftMs from then to the agreed start */
export const isStartShort = (leftMs: number, startMarginMs: number): boolean => leftMs < startMarginMs / 2
