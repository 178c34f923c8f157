import {
  deleteConnection,
  listConnections,
  newId,
  putConnection,
  readConnection,
  readConnectionByName,
  readConnectionUse,
  type SavedConnection,
  sealSecret,
  testConnection,
} from '@flakebench/store'
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql'
import { invalid, notFound, Refusal } from '../../refusal.ts'
import { secretOf } from '../../warehouse/connectionSession.ts'
import { explainSnowflake } from '../../warehouse/explainSnowflake.ts'
import type { ApiContext } from '../context.ts'
import { ConnectionInput } from './connection.input.ts'
import { toConnection } from './connection.map.ts'
import { Connection, ConnectionTest } from './connection.type.ts'
import { readConnectionInput } from './readConnectionInput.ts'

const existing = async (id: string, { db }: ApiContext): Promise<SavedConnection> => {
  const saved = await readConnection(db, id)
  if (saved === null) throw notFound('connection', id)
  return saved
}

/** @param before null: a new one. @throws Refusal with every problem of the input */
const save = async (id: string, input: ConnectionInput, before: SavedConnection | null, context: ApiContext): Promise<Connection> => {
  const { read, problems } = readConnectionInput(input, before, context.tokenFolder)
  const namesake = await readConnectionByName(context.db, input.name.trim())
  const taken =
    namesake !== null && namesake.id !== id ? [{ path: 'name', message: `There is a connection "${namesake.name}" already` }] : []
  if (read === null || taken.length > 0) throw invalid('The connection', [...problems, ...taken])
  const { secret, keepsSecret, ...settled } = read
  const kept = keepsSecret ? (before?.sealedCredentials ?? null) : null
  const sealedCredentials = secret === null ? kept : sealSecret(secret, id, context.credentialKey)
  const saved = { ...settled, id, sealedCredentials } as SavedConnection
  await putConnection(context.db, saved)
  return toConnection(saved)
}

@Resolver(() => Connection)
export class ConnectionResolver {
  @Query(() => [Connection], { description: 'Saved connections, by name.' })
  async connections(@Ctx() { db }: ApiContext): Promise<Connection[]> {
    return (await listConnections(db)).map(toConnection)
  }

  @Mutation(() => Connection)
  async createConnection(@Arg('input', () => ConnectionInput) input: ConnectionInput, @Ctx() context: ApiContext): Promise<Connection> {
    return await save(newId(), input, null, context)
  }

  @Mutation(() => Connection, {
    description:
      'Replaces all but the secret, which stays when none is given and address and user are as before. Runs under way keep the sessions that they have.',
  })
  async updateConnection(
    @Arg('id', () => ID) id: string,
    @Arg('input', () => ConnectionInput) input: ConnectionInput,
    @Ctx() context: ApiContext,
  ): Promise<Connection> {
    return await save(id, input, await existing(id, context), context)
  }

  @Mutation(() => ID, { description: 'Refused while templates or runs that are not over use it.' })
  async deleteConnection(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<string> {
    const { name } = await existing(id, context)
    const { templates, runs } = await readConnectionUse(context.db, id)
    if (templates.length > 0) throw new Refusal('CONFLICT', `"${name}" is used by ${listOf(templates)}: give them another connection first`)
    if (runs > 0)
      throw new Refusal(
        'CONFLICT',
        `"${name}" is used by ${runs === 1 ? 'a run that is' : `${runs} runs that are`} not over: stop or finish first`,
      )
    if (!(await deleteConnection(context.db, id))) throw notFound('connection', id)
    return id
  }

  @Mutation(() => ConnectionTest, {
    description:
      'Signs in with a saved connection, and leaves again. What it is refused with is an answer, not an error. Uses no warehouse.',
  })
  async testConnection(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<ConnectionTest> {
    const saved = await existing(id, context)
    try {
      const { roundTripMs, version, words } = await testConnection(saved, secretOf(saved, context.credentialKey), context.tokenFolder)
      return { ok: true, roundTripMs, version, message: words }
    } catch (error) {
      return { ok: false, roundTripMs: null, version: null, message: sentence(explainSnowflake(error)) }
    }
  }
}

const MOST_NAMED = 3

const listOf = (templates: readonly string[]): string => {
  const named = templates.slice(0, MOST_NAMED).map(name => `"${name}"`)
  const more = templates.length - named.length
  return `the ${templates.length === 1 ? 'template' : 'templates'} ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`
