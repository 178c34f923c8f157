import { Field, ID, ObjectType } from 'type-graphql'
import { Run } from '../run/run.type.ts'
import { ErrorRow, LabelRow, MetricRow, WorkerRow } from './comparedFigures.type.ts'
import { ClusterRow, FindMaxRow, ResourceRow, RunSpan, SettingRow } from './comparedPlaces.type.ts'
import { TrialGroup, Verdict } from './verdict.type.ts'

@ObjectType({ description: 'Runs side by side.' })
export class Comparison {
  @Field(() => [Run], { description: 'In the order they were asked for.' })
  runs!: readonly Run[]

  @Field(() => ID)
  baselineId!: string

  @Field(() => [TrialGroup], { description: 'Runs of the same configuration are trials of one group.' })
  groups!: readonly TrialGroup[]

  @Field(() => [RunSpan], { description: "Where the phases of each run lie, in the order of runs, from the measurement's start." })
  spans!: readonly RunSpan[]

  @Field(() => [SettingRow])
  settings!: readonly SettingRow[]

  @Field(() => [MetricRow])
  metrics!: readonly MetricRow[]

  @Field(() => [LabelRow])
  labels!: readonly LabelRow[]

  @Field(() => [ErrorRow])
  errors!: readonly ErrorRow[]

  @Field(() => [FindMaxRow], { description: 'Steps of searches, by connections.' })
  findMax!: readonly FindMaxRow[]

  @Field(() => [ResourceRow])
  resources!: readonly ResourceRow[]

  @Field(() => [ClusterRow])
  clusters!: readonly ClusterRow[]

  @Field(() => [WorkerRow], { description: 'The last is the total.' })
  workers!: readonly WorkerRow[]

  @Field(() => [Verdict], { description: "Of each group but the baseline's, for each metric that is judged." })
  verdicts!: readonly Verdict[]

  @Field(() => String, { description: 'How the verdicts are found, in plain words.' })
  method!: string
}
