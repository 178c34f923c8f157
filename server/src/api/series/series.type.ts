import { Field, Float, ID, Int, ObjectType } from 'type-graphql'
import type { SeriesMetric } from '../../decide/figures/seriesMetrics.ts'
import { SeriesMetricEnum } from '../enums.ts'

@ObjectType({ description: 'One metric of one run over time. Empty where a run has nothing of the metric.' })
export class Series {
  @Field(() => ID)
  runId!: string

  @Field(() => SeriesMetricEnum)
  metric!: SeriesMetric

  @Field(() => Int, { description: 'Intervals in the stretch; as many points as these: nothing was left out.' })
  intervals!: number

  @Field(() => [Float], { description: 'End of the interval, by the alignment; before it negative.' })
  seconds!: readonly number[]

  @Field(() => [Float], { nullable: 'items', description: 'Null: nothing was measured there: a gap.' })
  values!: readonly (number | null)[]
}
