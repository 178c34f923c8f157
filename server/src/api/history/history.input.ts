import type { RunSortField } from '@flakebench/store'
import { Field, InputType } from 'type-graphql'
import { RunSortFieldEnum, SortDirectionEnum } from '../enums.ts'

@InputType({ description: 'Runs that have nothing in the column come last; of equals the id decides.' })
export class RunSort {
  @Field(() => RunSortFieldEnum, { defaultValue: 'CREATED' })
  field!: RunSortField

  @Field(() => SortDirectionEnum, { defaultValue: 'DESC' })
  direction!: 'ASC' | 'DESC'
}
