/** One line of one run. */
export interface RunLine {
  /** Which of the five colours. */
  readonly run: number
  readonly seconds: readonly number[]
  /** Null: a gap. */
  readonly values: readonly (number | null)[]
  readonly width: number
  readonly dash: 'solid' | 'dashed' | 'dotted'
  readonly strength: number
  readonly isStepped: boolean
  /** What is outside of the measurement is drawn fainter. */
  readonly measuredFrom: number
  readonly measuredTo: number
}

export interface RunBand {
  readonly kind: 'warmup' | 'clientLimited' | 'over'
  readonly from: number
  readonly to: number
}

/** A vertical line where a run ends. */
export interface RunEnd {
  readonly run: number
  readonly at: number
  readonly words: string
}

export interface RunLinesFacts {
  readonly lines: readonly RunLine[]
  readonly bands: readonly RunBand[]
  readonly ends: readonly RunEnd[]
  readonly least: number
  readonly most: number
  /** Between the lines of the axis; null: it is logarithmic. */
  readonly step: number | null
  readonly axisLabel: (value: number) => string
  readonly hasTimeLabels: boolean
}

/** Room around the plot, in pixels: all charts of a page have the same, so that a moment is at the same place in each. */
export const PLOT_LEFT = 64
export const PLOT_RIGHT = 16
export const PLOT_TOP = 18
