import {
  type ConnectionRecord,
  deleteConnection,
  isDuplicateKey,
  listConnections,
  newId,
  putConnection,
  readConnection,
  readConnectionByName,
  readConnectionUse,
  type SavedConnection,
  sealSecret,
  setDefaultConnection,
  updateConnection,
} from '@flakebench/store'
import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql'
import { invalid, notFound, Refusal } from '../../refusal.ts'
import type { ApiContext } from '../context.ts'
import { ConnectionInput } from './connection.input.ts'
import { toConnection } from './connection.map.ts'
import { Connection, ConnectionTest } from './connection.type.ts'
import { readConnectionInput } from './readConnectionInput.ts'
import { tryInput, trySaved } from './tryConnection.ts'

const existing = async (id: string, { db }: ApiContext): Promise<ConnectionRecord> => {
  const saved = await readConnection(db, id)
  if (saved === null) throw notFound('connection', id)
  return saved
}

/** @param before null: a new one. @returns null: it was changed by somebody else meanwhile. @throws Refusal with every problem of the input */
const save = async (
  id: string,
  input: ConnectionInput,
  before: ConnectionRecord | null,
  context: ApiContext,
): Promise<Connection | null> => {
  const { read, problems } = readConnectionInput(input, before, context.tokenFolder)
  const namesake = await readConnectionByName(context.db, input.name.trim())
  const takenBy = (name: string) => ({ path: 'name', message: `There is a connection "${name}" already` })
  const taken = namesake !== null && namesake.id !== id ? [takenBy(namesake.name)] : []
  if (read === null || taken.length > 0) throw invalid('The connection', [...problems, ...taken])
  const { secret, keepsSecret, ...settled } = read
  const kept = keepsSecret ? (before?.sealedCredentials ?? null) : null
  const sealedCredentials = secret === null ? kept : sealSecret(secret, id, context.credentialKey)
  const saved = { ...settled, id, sealedCredentials } as SavedConnection
  const write = before === null ? putConnection(context.db, saved).then(() => true) : updateConnection(context.db, saved, before.version)
  const isWritten = await write.catch((error: unknown) => {
    // Somebody else took the name a moment ago.
    throw isDuplicateKey(error) ? invalid('The connection', [takenBy(saved.name)]) : error
  })
  return isWritten ? toConnection(await existing(id, context)) : null
}

const MOST_TRIES = 5

@Resolver(() => Connection)
export class ConnectionResolver {
  @Query(() => [Connection], { description: 'Saved connections, by name.' })
  async connections(@Ctx() { db }: ApiContext): Promise<Connection[]> {
    return (await listConnections(db)).map(toConnection)
  }

  @Mutation(() => Connection)
  async createConnection(@Arg('input', () => ConnectionInput) input: ConnectionInput, @Ctx() context: ApiContext): Promise<Connection> {
    const id = newId()
    return (await save(id, input, null, context)) ?? toConnection(await existing(id, context))
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
    // What is decided of the kept secret holds for the connection as it was read.
    for (let i = 0; i < MOST_TRIES; i++) {
      const saved = await save(id, input, await existing(id, context), context)
      if (saved !== null) return saved
    }
    throw new Refusal('CONFLICT', 'The connection was changed by others at the same time: look at it, and try again')
  }

  @Mutation(() => ID, { description: 'Refused while templates or runs that are not over use it.' })
  async deleteConnection(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<string> {
    if (await deleteConnection(context.db, id)) return id
    const { name } = await existing(id, context)
    const { templates, runs } = await readConnectionUse(context.db, id)
    if (templates.length > 0) throw new Refusal('CONFLICT', `"${name}" is used by ${listOf(templates)}: give them another connection first`)
    if (runs > 0)
      throw new Refusal(
        'CONFLICT',
        `"${name}" is used by ${runs === 1 ? 'a run that is' : `${runs} runs that are`} not over: stop or finish first`,
      )
    throw new Refusal('CONFLICT', `"${name}" was used a moment ago: try again`)
  }

  @Mutation(() => ConnectionTest, {
    description:
      'Signs in with a saved connection, and leaves again. What it is refused with is an answer, not an error. Uses no warehouse.',
  })
  async testConnection(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<ConnectionTest> {
    return await trySaved(await existing(id, context), context)
  }

  @Mutation(() => ConnectionTest, {
    description:
      'Signs in with settings that are not saved yet. With the id of a connection: as it would be after the change, with the secret that is kept where none is given.',
  })
  async tryConnection(
    @Arg('input', () => ConnectionInput) input: ConnectionInput,
    @Arg('id', () => ID, { nullable: true }) id: string | null | undefined,
    @Ctx() context: ApiContext,
  ): Promise<ConnectionTest> {
    return await tryInput(input, id == null ? null : await existing(id, context), context)
  }

  @Mutation(() => Connection, { description: 'The one of its type that templates take that name none of their own.' })
  async setDefaultConnection(@Arg('id', () => ID) id: string, @Ctx() context: ApiContext): Promise<Connection> {
    if (!(await setDefaultConnection(context.db, id))) throw notFound('connection', id)
    return toConnection(await existing(id, context))
  }

  @FieldResolver(() => Int, { description: 'Templates that use it.' })
  async templateCount(@Root() { id }: Connection, @Ctx() { connectionTemplates }: ApiContext): Promise<number> {
    return await connectionTemplates.load(id)
  }
}

const MOST_NAMED = 3

const listOf = (templates: readonly string[]): string => {
  const named = templates.slice(0, MOST_NAMED).map(name => `"${name}"`)
  const more = templates.length - named.length
  return `the ${templates.length === 1 ? 'template' : 'templates'} ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
