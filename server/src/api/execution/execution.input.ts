import type { ErrorCategory, OperationKind, RunPhase } from '@flakebench/contract'
import type { ExecutionSortField } from '@flakebench/store'
import { Field, Float, ID, InputType } from 'type-graphql'
import { ErrorCategoryEnum, ExecutionSortFieldEnum, OperationKindEnum, RunPhaseEnum, SortDirectionEnum } from '../enums.ts'

@InputType({
  description: 'What is left out does not matter. An execution belongs to the second in which it ended, as in every chart.',
})
export class ExecutionFilter {
  @Field(() => [OperationKindEnum], { nullable: true })
  kinds?: OperationKind[] | null

  @Field(() => [String], { nullable: true })
  labels?: string[] | null

  @Field(() => [ID], { nullable: true })
  workerIds?: string[] | null

  @Field(() => RunPhaseEnum, { nullable: true })
  phase?: RunPhase | null

  @Field(() => Boolean, { nullable: true })
  counted?: boolean | null

  @Field(() => Boolean, { nullable: true })
  success?: boolean | null

  @Field(() => [ErrorCategoryEnum], { nullable: true })
  errorCategories?: ErrorCategory[] | null

  @Field(() => ID, { nullable: true })
  errorGroup?: string | null

  @Field(() => Float, { nullable: true })
  minResponseMs?: number | null

  @Field(() => Float, { nullable: true })
  maxResponseMs?: number | null

  @Field(() => Float, { nullable: true, description: 'It ended at or after.' })
  fromSeconds?: number | null

  @Field(() => Float, { nullable: true, description: 'It ended before.' })
  toSeconds?: number | null
}

@InputType()
export class ExecutionSort {
  @Field(() => ExecutionSortFieldEnum, { defaultValue: 'END' })
  field!: ExecutionSortField

  @Field(() => SortDirectionEnum, { defaultValue: 'ASC' })
  direction!: 'ASC' | 'DESC'
}
