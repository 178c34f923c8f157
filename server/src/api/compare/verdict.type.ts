import type { VerdictOutcome } from '@flakebench/contract'
import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { ComparedMetric } from '../../decide/compare/judgedMetrics.ts'
import { ComparedMetricEnum, VerdictOutcomeEnum } from '../enums.ts'

@ObjectType({ description: 'Runs of the same configuration: trials. Where all runs are of one configuration, each is a group of its own.' })
export class TrialGroup {
  @Field(() => ID)
  id!: string

  @Field(() => [ID])
  runIds!: readonly string[]

  @Field(() => Boolean)
  isBaseline!: boolean
}

@ObjectType({
  description:
    'What can be said of a group against the baseline’s, for one metric. Not given for MAX, which is one operation and grows with the length of a run, for P999, beyond which too few operations lie, and for OPERATIONS.',
})
export class Verdict {
  @Field(() => ID)
  groupId!: string

  @Field(() => ComparedMetricEnum)
  metric!: ComparedMetric

  @Field(() => String)
  title!: string

  @Field(() => VerdictOutcomeEnum)
  outcome!: VerdictOutcome

  @Field(() => Float, {
    nullable: true,
    description: 'Of the pooled trials: per second, milliseconds, or percent of the operations; null where it cannot be told.',
  })
  baseline!: number | null

  @Field(() => Float, { nullable: true })
  candidate!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'Candidate against baseline, with its interval; for the error rate percentage points.',
  })
  effectPercent!: number | null

  @Field(() => Float, { nullable: true })
  lowPercent!: number | null

  @Field(() => Float, { nullable: true })
  highPercent!: number | null

  @Field(() => Float)
  confidencePercent!: number

  @Field(() => Boolean, {
    description:
      'One run of each is compared, and too few others of their configurations are known: what differs from run to run is not in the interval, and the verdict holds for these two runs alone.',
  })
  isOfTheseRunsOnly!: boolean

  @Field(() => Float, {
    nullable: true,
    description: 'Standard deviation from run to run of one configuration, for the error rate in percentage points; null: not known.',
  })
  runToRunPercent!: number | null

  @Field(() => Int, {
    description: 'How many runs that is known from: those compared, and where they are too few others of their configurations.',
  })
  runToRunRuns!: number

  @Field(() => String, { description: 'One plain sentence.' })
  sentence!: string

  @Field(() => [String], { description: 'Why it is not comparable.' })
  reasons!: readonly string[]

  @Field(() => [String], {
    description: 'What weakens it: single trials, a part of the time limited by the client, another load, another day.',
  })
  cautions!: readonly string[]
}
