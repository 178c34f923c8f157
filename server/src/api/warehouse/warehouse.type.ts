import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, Int, ObjectType } from 'type-graphql'

@ObjectType({
  description: "The run's warehouse as it was last seen: once every five seconds. Figures are null where this warehouse has none.",
})
export class RunWarehouse {
  @Field(() => String)
  name!: string

  @Field(() => String, { nullable: true })
  type!: string | null

  @Field(() => String, { nullable: true })
  size!: string | null

  @Field(() => String, { nullable: true, description: 'As Snowflake names it: STARTED, SUSPENDED, RESUMING, …' })
  state!: string | null

  @Field(() => Int, { nullable: true })
  minClusters!: number | null

  @Field(() => Int, { nullable: true })
  maxClusters!: number | null

  @Field(() => Int, { nullable: true })
  startedClusters!: number | null

  @Field(() => Int, { nullable: true, description: 'Statements under way, of everybody who uses it.' })
  running!: number | null

  @Field(() => Int, { nullable: true, description: 'Statements that wait for it.' })
  queued!: number | null

  @Field(() => String, { nullable: true })
  scalingPolicy!: string | null

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Null until it has been seen.' })
  recordedAt!: Date | null

  @Field(() => Float, { nullable: true, description: 'Since recordedAt, by the database clock; null for a run that is over.' })
  ageSeconds!: number | null

  @Field(() => String, { nullable: true, description: 'Why the figures are missing or old, in words; null when they are fresh.' })
  trouble!: string | null
}

@ObjectType({ description: "A look at the run's warehouse; where neighbours were put together, the highest of each." })
export class WarehousePoint {
  @Field(() => Float, { description: 'From the agreed start; negative before.' })
  elapsedSeconds!: number

  @Field(() => Int, { nullable: true })
  startedClusters!: number | null

  @Field(() => Int)
  running!: number

  @Field(() => Int)
  queued!: number

  @Field(() => Int, { nullable: true })
  minClusters!: number | null

  @Field(() => Int, { nullable: true })
  maxClusters!: number | null
}

@ObjectType({ description: 'A warehouse as SHOW WAREHOUSES has it; null where this warehouse has no such thing.' })
export class WarehouseDetails {
  @Field(() => String)
  name!: string

  @Field(() => String, { description: 'As Snowflake names it: STARTED, SUSPENDED, RESUMING, …' })
  state!: string

  @Field(() => String)
  type!: string

  @Field(() => String, { nullable: true })
  size!: string | null

  @Field(() => Int, { nullable: true })
  minClusters!: number | null

  @Field(() => Int, { nullable: true })
  maxClusters!: number | null

  @Field(() => Int, { nullable: true })
  startedClusters!: number | null

  @Field(() => Int, { description: 'Statements under way, of everybody who uses it.' })
  running!: number

  @Field(() => Int, { description: 'Statements that wait for it.' })
  queued!: number

  @Field(() => String, { nullable: true })
  scalingPolicy!: string | null

  @Field(() => Int, { nullable: true })
  autoSuspendSeconds!: number | null

  @Field(() => Boolean, { nullable: true })
  autoResume!: boolean | null

  @Field(() => Boolean, { nullable: true })
  queryAcceleration!: boolean | null

  @Field(() => Int, { nullable: true })
  queryAccelerationMaxScaleFactor!: number | null

  @Field(() => String, { nullable: true })
  resourceConstraint!: string | null

  @Field(() => String, { nullable: true })
  generation!: string | null

  @Field(() => Boolean)
  isInteractive!: boolean

  @Field(() => GraphQLDateTime, { description: 'By the clock of the control database.' })
  capturedAt!: Date
}
