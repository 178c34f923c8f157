import { type ConnectionRecord, type SavedConnection, testConnection } from '@flakebench/store'
import { invalid } from '../../refusal.ts'
import { secretOf } from '../../warehouse/connectionSession.ts'
import { explainSnowflake } from '../../warehouse/explainSnowflake.ts'
import type { ApiContext } from '../context.ts'
import type { ConnectionInput } from './connection.input.ts'
import type { ConnectionTest } from './connection.type.ts'
import { readConnectionInput } from './readConnectionInput.ts'

/** Signs in with a saved connection, and leaves again. What it is refused with is an answer, not an error. */
export const trySaved = async (saved: ConnectionRecord, context: ApiContext): Promise<ConnectionTest> =>
  await signIn(saved, () => secretOf(saved, context.credentialKey), context, saved)

/**
 * The same with settings that are not saved yet.
 * @param before the connection that they would change, whose secret will do where none is given; null: a new one
 * @throws Refusal with every problem of the input
 */
export const tryInput = async (input: ConnectionInput, before: ConnectionRecord | null, context: ApiContext): Promise<ConnectionTest> => {
  // What it will be called is of no matter here.
  const { read, problems } = readConnectionInput({ ...input, name: before?.name ?? 'new' }, before, context.tokenFolder)
  if (read === null) throw invalid('The connection', problems)
  const { secret, keepsSecret, ...settled } = read
  const id = before?.id ?? ''
  const unsaved = { ...settled, id, sealedCredentials: null } as SavedConnection
  const kept = (): string | null => (keepsSecret && before !== null ? secretOf(before, context.credentialKey) : null)
  // With the secret that is kept, it is the saved connection's sign-in.
  const asSaved = secret === null && keepsSecret && before !== null ? ({ ...before, settings: settled.settings } as ConnectionRecord) : null
  return await signIn(unsaved, () => secret ?? kept(), context, asSaved)
}

const signIn = async (
  connection: SavedConnection,
  openSecret: () => string | null,
  { tokenFolder, signIns }: ApiContext,
  asSaved: ConnectionRecord | null,
): Promise<ConnectionTest> => {
  try {
    const test = () => testConnection(connection, openSecret(), tokenFolder)
    const { roundTripMs, version, words, postgres } = await (asSaved === null ? test() : signIns.run(asSaved, test))
    return { ok: true, roundTripMs, version, message: words, postgres }
  } catch (error) {
    return { ok: false, roundTripMs: null, version: null, message: sentence(explainSnowflake(error)), postgres: null }
  }
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`
