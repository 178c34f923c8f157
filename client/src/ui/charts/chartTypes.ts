export type ChartColour = 'accent' | 'muted' | 'bad' | 'warn' | 'good'
export type ChartPoint = readonly [elapsedSeconds: number, value: number | null]

/** One line or one set of bars; null values are gaps. */
export interface ChartSeries {
  readonly name: string
  /** Who picks one of its bars is told this. */
  readonly key?: string
  readonly points: readonly ChartPoint[]
  readonly colour: ChartColour
  readonly width?: number
  readonly dash?: 'solid' | 'dashed' | 'dotted'
  /** 0–1: fainter than the colour itself. */
  readonly strength?: number
  readonly isFilled?: boolean
  readonly isStepped?: boolean
  /** Bars on top of the bars before them. */
  readonly isBar?: boolean
  /** 1 is the axis at the right. */
  readonly axis?: 0 | 1
  /** The exact value with its unit, for the tooltip. */
  readonly exact: (value: number, elapsedSeconds: number) => string
}

export interface ChartBand {
  readonly kind: 'warmup' | 'clientLimited'
  readonly fromSeconds: number
  readonly toSeconds: number
  /** What limited each of its intervals, by where it ends. */
  readonly reasons?: ReadonlyMap<number, string>
}

export interface ChartAxis {
  readonly label: (value: number) => string
  readonly isLog?: boolean
  /** The axis reaches at least this far, so that noise near zero stays small. */
  readonly atLeast?: number
  readonly isWhole?: boolean
}
