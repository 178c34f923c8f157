import type { ErrorCategory, OperationKind } from '@flakebench/contract'
import { Field, Float, ID, ObjectType } from 'type-graphql'
import type { ComparedMetric } from '../../decide/compare/judgedMetrics.ts'
import type { BetterIs } from '../../decide/compare/metricRows.ts'
import { BetterIsEnum, ComparedMetricEnum, ErrorCategoryEnum, OperationKindEnum } from '../enums.ts'

@ObjectType()
export class MetricRow {
  @Field(() => ComparedMetricEnum)
  metric!: ComparedMetric

  @Field(() => String)
  title!: string

  @Field(() => String)
  unit!: string

  @Field(() => BetterIsEnum)
  better!: BetterIs

  @Field(() => [Float], { nullable: 'items', description: 'Null: nothing was measured.' })
  values!: readonly (number | null)[]

  @Field(() => [Float], { nullable: 'items', description: 'To the baseline.' })
  deltasPercent!: readonly (number | null)[]

  @Field(() => [Boolean], { description: 'None where all are equal, neither way is better, or the runs may not be compared.' })
  best!: readonly boolean[]
}

@ObjectType()
abstract class PartCell {
  @Field(() => Float, { description: 'Ended, failed ones included.' })
  operations!: number

  @Field(() => Float)
  qps!: number

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number
}

@ObjectType()
export class WorkerCell extends PartCell {}

@ObjectType()
export class LabelCell extends PartCell {
  @Field(() => Float, { nullable: true, description: 'To the baseline.' })
  qpsDeltaPercent!: number | null

  @Field(() => Float, { nullable: true })
  p50DeltaPercent!: number | null

  @Field(() => Float, { nullable: true })
  p95DeltaPercent!: number | null

  @Field(() => Float, { nullable: true })
  p99DeltaPercent!: number | null
}

@ObjectType()
export class LabelRow {
  @Field(() => String)
  label!: string

  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => [LabelCell], { nullable: 'items', description: 'In the order of runs; null: the run has no such operation.' })
  cells!: readonly (LabelCell | null)[]
}

@ObjectType()
export class WorkerRow {
  @Field(() => ID, { nullable: true, description: 'Null: all together.' })
  workerId!: string | null

  @Field(() => [WorkerCell], { nullable: 'items' })
  cells!: readonly (WorkerCell | null)[]
}

@ObjectType()
export class ErrorRow {
  @Field(() => ErrorCategoryEnum)
  category!: ErrorCategory

  @Field(() => [Float], { nullable: 'items', description: 'Null: nothing was measured.' })
  counts!: readonly (number | null)[]

  @Field(() => String, { nullable: true, description: 'One message, as the engine gave it.' })
  sample!: string | null
}
