import type { RunStatus, TableType } from '@flakebench/contract'
import { Field, ID, InputType, Int } from 'type-graphql'
import { RunStatusEnum, TableTypeEnum } from '../enums.ts'

@InputType({ description: 'Settings of this run alone; the rest is the template.' })
export class RunOverrides {
  @Field(() => String, { nullable: true })
  name?: string | null

  @Field(() => Int, { nullable: true })
  durationSeconds?: number | null

  @Field(() => Int, { nullable: true })
  warmupSeconds?: number | null

  @Field(() => Int, { nullable: true, description: 'Run-wide.' })
  targetConnections?: number | null

  @Field(() => Int, { nullable: true })
  workers?: number | null

  @Field(() => Int, { nullable: true })
  seed?: number | null
}

@InputType()
export class RunFilter {
  @Field(() => [RunStatusEnum], { nullable: true })
  status?: RunStatus[] | null

  @Field(() => ID, { nullable: true })
  templateId?: string | null

  @Field(() => [TableTypeEnum], { nullable: true })
  tableType?: TableType[] | null

  @Field(() => String, { nullable: true, description: "Part of the run's or the table's name." })
  search?: string | null
}
