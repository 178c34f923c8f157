import { GraphQLDateTime } from 'graphql-scalars'
import { Field, Float, Int, ObjectType } from 'type-graphql'
import { EnrichmentSourceEnum, EnrichmentStatusEnum } from '../enums.ts'
import { NamedCount } from '../figure/namedCount.type.ts'

@ObjectType({ description: 'A statement of the run, as the system under test has counted it.' })
export class StatementFigures {
  @Field(() => String, { description: 'Statements that differ in constants only are one to the server: their labels together.' })
  label!: string

  @Field(() => Float)
  calls!: number

  @Field(() => Float, {
    nullable: true,
    description:
      'That the workers sent and that ended in the same stretch: of them the server knows `calls`. Null where no single executions are kept.',
  })
  executions!: number | null

  @Field(() => Float, { nullable: true })
  errors!: number | null

  @Field(() => Float, { nullable: true })
  rows!: number | null

  @Field(() => Float, { nullable: true, description: 'Null where too few of the calls were counted: the note says why.' })
  totalMs!: number | null

  @Field(() => Float, { nullable: true })
  meanMs!: number | null

  @Field(() => Float, { nullable: true, description: "The mean of the minutes' own, weighted by their calls: near, not exact." })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p90Ms!: number | null

  @Field(() => Float, { nullable: true })
  p99Ms!: number | null

  @Field(() => Float, { nullable: true })
  maxMs!: number | null

  @Field(() => Float, { nullable: true, description: "Blocks found in PostgreSQL's own cache, of all that were asked for." })
  cacheHitPercent!: number | null

  @Field(() => Float, { nullable: true })
  blocksRead!: number | null

  @Field(() => Float, { nullable: true, description: 'Null where track_io_timing is off.' })
  ioReadMs!: number | null

  @Field(() => Float, { nullable: true })
  ioWriteMs!: number | null

  @Field(() => Float, { nullable: true })
  walBytes!: number | null
}

@ObjectType({
  description:
    "One cluster of a warehouse, by the matched executions of the measurement. Percentiles are of the server's own execution time.",
})
export class ClusterFigures {
  @Field(() => Int)
  clusterNumber!: number

  @Field(() => Float)
  executions!: number

  @Field(() => Float, { nullable: true })
  p50Ms!: number | null

  @Field(() => Float, { nullable: true })
  p95Ms!: number | null

  @Field(() => Float, { nullable: true })
  maxMs!: number | null

  @Field(() => Float, { nullable: true })
  meanQueuedOverloadMs!: number | null

  @Field(() => Float, { nullable: true })
  meanQueuedProvisioningMs!: number | null

  @Field(() => [NamedCount])
  byLabel!: NamedCount[]
}

@ObjectType({ description: "Response time minus the server's own total, of the matched executions that ended in one second." })
export class OverheadPoint {
  @Field(() => Float, { description: 'Where the second begins, from the agreed start.' })
  atSeconds!: number

  @Field(() => Float)
  executions!: number

  @Field(() => Float)
  medianMs!: number
}

@ObjectType({ description: 'What the system under test itself has recorded of a run, from one source.' })
export class Enrichment {
  @Field(() => EnrichmentSourceEnum)
  source!: keyof typeof EnrichmentSourceEnum

  @Field(() => EnrichmentStatusEnum)
  status!: keyof typeof EnrichmentStatusEnum

  @Field(() => String, { nullable: true, description: 'Why it waits, failed or was skipped, or what its figures leave out.' })
  note!: string | null

  @Field(() => Float, { nullable: true, description: 'Executions that the source knows, of those expected; null before the first look.' })
  matched!: number | null

  @Field(() => Float, { nullable: true })
  expected!: number | null

  @Field(() => Float, { nullable: true })
  coveragePercent!: number | null

  @Field(() => Int)
  attempts!: number

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it is looked at next; null: not again.' })
  dueAt!: Date | null

  @Field(() => GraphQLDateTime)
  updatedAt!: Date

  @Field(() => Float, { nullable: true, description: 'The stretch that its figures cover, from the agreed start.' })
  fromSeconds!: number | null

  @Field(() => Float, { nullable: true })
  toSeconds!: number | null

  @Field(() => [StatementFigures])
  statements!: StatementFigures[]

  @Field(() => [ClusterFigures])
  clusters!: ClusterFigures[]

  @Field(() => [OverheadPoint])
  overhead!: OverheadPoint[]
}
