import type { ChartColour } from './chartTypes.ts'

/** What was measured with so many connections. */
export interface CurvePoint {
  readonly x: number
  /** Which of the steps it was. */
  readonly step: number
  readonly qps: number
  readonly p95Ms: number | null
  /** void: it says nothing about the database. */
  readonly look: 'good' | 'bad' | 'void'
}

/** A vertical line with words at its head. */
export interface CurveMark {
  readonly x: number
  readonly words: string
  readonly colour: ChartColour
}
