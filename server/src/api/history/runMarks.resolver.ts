import { fingerprintOf } from '@flakebench/contract'
import type { RunMarks } from '@flakebench/store'
import { GraphQLDateTime } from 'graphql-scalars'
import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql'
import { notFound } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { momentOrNull } from '../run/run.map.ts'
import { recordOf } from '../run/run.resolver.ts'
import { Run } from '../run/run.type.ts'

const marksOf = async (run: Run, context: ApiContext): Promise<RunMarks> => {
  const marks = await context.marks.load(run.id)
  if (marks === null) throw notFound('run', run.id)
  return marks
}

@Resolver(() => Run)
export class RunMarksResolver {
  @FieldResolver(() => [String])
  async tags(@Root() run: Run, @Ctx() context: ApiContext): Promise<readonly string[]> {
    return (await marksOf(run, context)).tags
  }

  @FieldResolver(() => String, { nullable: true })
  async annotation(@Root() run: Run, @Ctx() context: ApiContext): Promise<string | null> {
    return (await marksOf(run, context)).annotation
  }

  @FieldResolver(() => Boolean, { description: 'Pinned as a baseline to compare with.' })
  async isBaseline(@Root() run: Run, @Ctx() context: ApiContext): Promise<boolean> {
    return (await marksOf(run, context)).isBaseline
  }

  @FieldResolver(() => GraphQLDateTime, { nullable: true })
  async deletedAt(@Root() run: Run, @Ctx() context: ApiContext): Promise<Date | null> {
    return momentOrNull((await marksOf(run, context)).deletedAtMs)
  }

  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: 'When it was brought in from another installation; null: it ran here.',
  })
  async importedAt(@Root() run: Run, @Ctx() context: ApiContext): Promise<Date | null> {
    return momentOrNull((await marksOf(run, context)).importedAtMs)
  }

  @FieldResolver(() => String, { description: 'Equal for runs of the same configuration, whatever their name and seed.' })
  async fingerprint(@Root() run: Run, @Ctx() context: ApiContext): Promise<string> {
    return (await marksOf(run, context)).fingerprint ?? fingerprintOf(recordOf(run).plan)
  }

  @FieldResolver(() => ID, { nullable: true, description: 'The run that it repeats.' })
  async rerunOf(@Root() run: Run, @Ctx() context: ApiContext): Promise<string | null> {
    return (await marksOf(run, context)).rerunOf
  }
}
