import type { MaxType, OperationKind, SloBound, SloVerdict, StepOutcome, StepPurpose, StepType } from '@flakebench/contract'
import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import { MaxTypeEnum, OperationKindEnum, SloBoundEnum, SloVerdictEnum, StepOutcomeEnum, StepPurposeEnum, StepTypeEnum } from '../enums.ts'

@ObjectType({ description: 'One bound of one kind, against what was measured.' })
export class SloJudgement {
  @Field(() => OperationKindEnum)
  kind!: OperationKind

  @Field(() => SloBoundEnum)
  bound!: SloBound

  @Field(() => Float, { description: 'Milliseconds, or percent of the operations.' })
  limit!: number

  @Field(() => Float, { nullable: true })
  observed!: number | null

  @Field(() => SloVerdictEnum)
  verdict!: SloVerdict
}

@ObjectType({ description: 'One step of a controller that is done. Its figures are of the time from observedFrom to endedAt.' })
export class ControllerStep {
  @Field(() => Int)
  stepNumber!: number

  @Field(() => StepTypeEnum)
  type!: StepType

  @Field(() => StepPurposeEnum, { nullable: true })
  purpose!: StepPurpose | null

  @Field(() => Int)
  workers!: number

  @Field(() => Int)
  fromConnections!: number

  @Field(() => Int)
  toConnections!: number

  @Field(() => GraphQLDateTime, { description: 'When its target was set.' })
  startedAt!: Date

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Ramp and settling are over; null: it never came so far.' })
  observedFrom!: Date | null

  @Field(() => GraphQLDateTime)
  endedAt!: Date

  @Field(() => Float, { description: 'From the agreed start to its end: for charts.' })
  elapsedSeconds!: number

  @Field(() => Float)
  observedSeconds!: number

  @Field(() => Float, { description: 'Ended, failed ones included.' })
  operations!: number

  @Field(() => Float)
  errors!: number

  @Field(() => Float, { description: 'Successful operations per second.' })
  qps!: number

  @Field(() => Float, { nullable: true })
  targetQps!: number | null

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null

  @Field(() => Float, { description: 'Fraction of 1.' })
  errorRate!: number

  @Field(() => Float, { nullable: true, description: 'Against the best step before it.' })
  qpsVsPriorPercent!: number | null

  @Field(() => Float, { nullable: true, description: 'Against the first step.' })
  p95VsBaselinePercent!: number | null

  @Field(() => Float, { nullable: true, description: '(achieved − target) / target, of a rate.' })
  qpsErrorPercent!: number | null

  @Field(() => Boolean, { description: 'Statements were seen to wait in the warehouse.' })
  isQueued!: boolean

  @Field(() => Float)
  clientLimitedSeconds!: number

  @Field(() => StepOutcomeEnum)
  outcome!: StepOutcome

  @Field(() => String, { nullable: true })
  reason!: string | null
}

@ObjectType({ description: 'The step under way.' })
export class FindMaxStep {
  @Field(() => Int)
  stepNumber!: number

  @Field(() => StepPurposeEnum)
  purpose!: StepPurpose

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int)
  workers!: number

  @Field(() => GraphQLDateTime)
  startedAt!: Date

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When its figures begin to count; null: connections are still being opened.',
  })
  observedFrom!: Date | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it is judged, unless it is extended.' })
  endsAt!: Date | null

  @Field(() => Int, {
    description: 'So often it was extended for want of operations, or, the first, observed anew because it was still becoming faster.',
  })
  extensions!: number

  @Field(() => Int, { description: 'So often it was begun anew.' })
  repeats!: number

  @Field(() => Int, { nullable: true, description: 'Connections of the next step if this one holds; null: the search ends.' })
  nextIfGood!: number | null

  @Field(() => Int, { nullable: true, description: 'And if it does not.' })
  nextIfBad!: number | null
}

@ObjectType({ description: 'The most connections that hold, with the figures of their own step.' })
export class FindMaxResult {
  @Field(() => Int)
  connections!: number

  @Field(() => Int)
  workers!: number

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

  @Field(() => Int)
  stepNumber!: number

  @Field(() => MaxTypeEnum)
  maxType!: MaxType

  @Field(() => Boolean, { description: 'It was held once more, and held.' })
  isConfirmed!: boolean

  @Field(() => String)
  reason!: string
}

@ObjectType({ description: 'A search for the most connections that hold.' })
export class FindMaxController {
  @Field(() => FindMaxStep, { nullable: true, description: 'Null: it has not begun, or is over.' })
  step!: FindMaxStep | null

  @Field(() => [ControllerStep], { description: 'Done, oldest first.' })
  steps!: readonly ControllerStep[]

  @Field(() => Float, { nullable: true })
  baselineP95Ms!: number | null

  @Field(() => Int, { nullable: true, description: 'Most connections that held.' })
  lastGood!: number | null

  @Field(() => Int, { nullable: true, description: 'Fewest connections that did not.' })
  firstBad!: number | null

  @Field(() => FindMaxResult, { nullable: true })
  result!: FindMaxResult | null

  @Field(() => String, { nullable: true })
  endedBecause!: string | null
}

@ObjectType({ description: 'Sizes the connections and workers so that the arrival schedule holds. The rate itself never changes.' })
export class QpsController {
  @Field(() => Float)
  targetQps!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int)
  workers!: number

  @Field(() => GraphQLDateTime)
  changedAt!: Date

  @Field(() => String, { nullable: true, description: 'Why it holds, or last changed, what it does.' })
  reason!: string | null

  @Field(() => [ControllerStep], { description: 'The newest changes, oldest first.' })
  recent!: readonly ControllerStep[]
}

@ObjectType({ description: 'One of the two, as the load mode says; null until it has begun.' })
export class LoadController {
  @Field(() => FindMaxController, { nullable: true })
  findMax!: FindMaxController | null

  @Field(() => QpsController, { nullable: true })
  qps!: QpsController | null
}

@ObjectType({ description: 'The run met its bounds short of its target.' })
export class LoadBounds {
  @Field(() => GraphQLDateTime)
  at!: Date

  @Field(() => Float)
  achievedQps!: number

  @Field(() => Float)
  targetQps!: number

  @Field(() => Int)
  targetConnections!: number

  @Field(() => Int)
  maxWorkers!: number

  @Field(() => Int)
  ceilingConnections!: number

  @Field(() => String)
  words!: string
}

@ObjectType({ description: 'A run that another one waits for.' })
export class WaitedRun {
  @Field(() => ID)
  id!: string
}
