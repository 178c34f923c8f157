import { allows, type Problem } from '@flakebench/contract'
import { countUsers, insertApiToken, listApiTokens, newId, readApiToken, revokeApiToken, type SavedApiToken } from '@flakebench/store'
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import type { Actor } from '../../access/actor.ts'
import { hashOfSecret, newTokenText } from '../../access/secrets.ts'
import { invalid, notFound, Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { ApiToken, ApiTokenInput, NewApiToken } from './apiToken.type.ts'

const LONGEST_NAME = 100
const MOST_DAYS = 366
const DEFAULT_DAYS = 90

const moment = (atMs: number | null): Date | null => (atMs === null ? null : new Date(atMs))

const toToken = ({ createdAtMs, expiresAtMs, lastUsedAtMs, revokedAtMs, userId: _, ...token }: SavedApiToken): ApiToken => ({
  ...token,
  createdAt: new Date(createdAtMs),
  expiresAt: moment(expiresAtMs),
  lastUsedAt: moment(lastUsedAtMs),
  revokedAt: moment(revokedAtMs),
})

const problemsOf = ({ name, role, expiresInDays }: ApiTokenInput, { role: own }: Actor): readonly Problem[] => {
  const problems: Problem[] = []
  const { length } = name.trim()
  if (length < 1 || length > LONGEST_NAME) problems.push({ path: 'name', message: `name must have 1 to ${LONGEST_NAME} characters` })
  if (own === null || !allows(own, role)) problems.push({ path: 'role', message: `role must be no more than your own, which is ${own}` })
  if (expiresInDays != null && (expiresInDays < 1 || expiresInDays > MOST_DAYS))
    problems.push({ path: 'expiresInDays', message: `expiresInDays must be from 1 to ${MOST_DAYS}; it is ${expiresInDays}` })
  return problems
}

const existing = async (id: string, { db, actor }: ApiContext): Promise<SavedApiToken> => {
  const token = await readApiToken(db, id)
  // Whether somebody else has one of that id is nobody's business.
  if (token === null || (actor.role !== 'ADMIN' && token.userId !== actor.userId)) throw notFound('token', id)
  return token
}

@Resolver()
export class ApiTokensResolver {
  @Query(() => [ApiToken], { description: "One's own; of all for an admin. Newest first." })
  async apiTokens(@Ctx() { db, actor }: ApiContext): Promise<ApiToken[]> {
    // A token that is nobody's owns none.
    if (actor.role !== 'ADMIN' && actor.userId === null) return []
    return (await listApiTokens(db, actor.role === 'ADMIN' ? null : actor.userId)).map(toToken)
  }

  @Mutation(() => NewApiToken, { description: 'A script shows its text: Authorization: Bearer …' })
  async createApiToken(@Arg('input', () => ApiTokenInput) input: ApiTokenInput, @Ctx() context: ApiContext): Promise<NewApiToken> {
    const { db, actor } = context
    // Otherwise one that ends soon could go on for ever.
    if (actor.method === 'TOKEN') throw new Refusal('FORBIDDEN', 'A token makes no tokens: sign in for that')
    // Of somebody who came while there were no users: such tokens end with the first user, and no more are made.
    if (actor.userId === null && (await countUsers(db)).users > 0)
      throw new Refusal('UNAUTHENTICATED', 'There are users now: sign in first')
    const problems = problemsOf(input, actor)
    if (problems.length > 0) throw invalid('The token', problems)
    const text = newTokenText()
    const id = newId()
    await insertApiToken(db, {
      id,
      name: input.name.trim(),
      role: input.role,
      hash: hashOfSecret(text),
      userId: actor.userId,
      createdBy: actor.userId === null ? null : actor.name,
      days: input.expiresInDays ?? DEFAULT_DAYS,
    })
    return { token: toToken(await existing(id, context)), text }
  }

  @Mutation(() => ApiToken, { description: 'It is refused from now on.' })
  async revokeApiToken(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<ApiToken> {
    await existing(id, context)
    await revokeApiToken(context.db, id)
    context.access.forget()
    return toToken(await existing(id, context))
  }
}
