import type { ErrorCategory, FigureSlice } from '@flakebench/contract'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { ErrorCategoryEnum, FigureSliceEnum } from '../enums.ts'
import { NamedCount } from './namedCount.type.ts'

@ObjectType({ description: 'The figures of one part of the operations. Latencies are of successful operations, from added histograms.' })
export class SliceFigures {
  @Field(() => FigureSliceEnum)
  slice!: FigureSlice

  @Field(() => String, { description: 'Of the part: a kind, a label, READ or WRITE, a phase, a worker id; empty for ALL.' })
  name!: string

  @Field(() => Float)
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

  @Field(() => Float, { description: "Successful, over the seconds of the part's phase." })
  qps!: number

  @Field(() => Float, { description: 'Of all operations of the phase.' })
  achievedPercent!: number

  @Field(() => Float, { nullable: true, description: "By the plan's weights; null where it has none." })
  plannedPercent!: number | null

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p90Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null

  @Field(() => Float, { nullable: true })
  p999Ms!: number | null

  @Field(() => Float, { nullable: true })
  minMs!: number | null

  @Field(() => Float, { nullable: true })
  maxMs!: number | null

  @Field(() => Float, { nullable: true })
  meanMs!: number | null
}

@ObjectType({ description: 'Failures of one category whose messages differ by values alone.' })
export class ErrorGroup {
  @Field(() => ID)
  id!: string

  @Field(() => ErrorCategoryEnum)
  category!: ErrorCategory

  @Field(() => String, { description: 'With numbers, quoted values and ids replaced.' })
  message!: string

  @Field(() => String, { description: 'The first message as it came.' })
  sample!: string

  @Field(() => Float)
  count!: number

  @Field(() => [NamedCount])
  byLabel!: readonly NamedCount[]

  @Field(() => [NamedCount])
  byWorker!: readonly NamedCount[]

  @Field(() => Float, { description: 'When the first of them ended, from the agreed start.' })
  firstSeconds!: number

  @Field(() => Float)
  lastSeconds!: number
}

@ObjectType({ description: 'Figures of a run that is over, made once.' })
export class RunFigures {
  @Field(() => [SliceFigures])
  slices!: readonly SliceFigures[]

  @Field(() => [ErrorGroup], { description: 'Most frequent first; from single executions.' })
  errorGroups!: readonly ErrorGroup[]

  @Field(() => Boolean, { description: 'False: single executions were not kept or not all loaded; categories alone are exact.' })
  areErrorsWhole!: boolean
}

@ObjectType()
export class HeatMapColumn {
  @Field(() => [Int], { description: 'One for each band, lowest first.' })
  counts!: readonly number[]
}

@ObjectType({ description: 'Successful operations by time and response time, over warmup and measurement.' })
export class HeatMap {
  @Field(() => [Float], { description: 'One more than columns; from the agreed start.' })
  columnEdgesSeconds!: readonly number[]

  @Field(() => [Float], { description: 'One more than bands, evenly spaced on a logarithmic scale.' })
  bandEdgesMs!: readonly number[]

  @Field(() => [HeatMapColumn])
  columns!: readonly HeatMapColumn[]
}

@ObjectType()
export class PercentilePoint {
  @Field(() => Float)
  percent!: number

  @Field(() => Float)
  valueMs!: number

  @Field(() => Float, { description: 'Operations up to it.' })
  count!: number
}
