import type { Problem } from '@flakebench/contract'
import { type PostgresSettings, permittedTokenFile, type SavedConnection, type SnowflakeSettings } from '@flakebench/store'
import { isLoopback } from '../loopback.ts'
import type { ConnectionInput, PostgresConnectionInput, SnowflakeConnectionInput } from './connection.input.ts'
import { type Find, given, LONGEST_TEXT, readText } from './given.ts'
import { keptSnowflakeSecret } from './keptSecret.ts'
import { readPostgresInput } from './readPostgresInput.ts'
import { readAccessUrl, readAccount } from './readSnowflakeAddress.ts'
import { readSnowflakeSecret } from './readSnowflakeSecret.ts'

/** Type and settings of a connection as they are kept; with no secret, whether the one that is there stays. */
export type ReadConnection = { readonly name: string; readonly secret: string | null; readonly keepsSecret: boolean } & (
  | { readonly type: 'POSTGRES'; readonly settings: PostgresSettings }
  | { readonly type: 'SNOWFLAKE'; readonly settings: SnowflakeSettings }
)

const LONGEST_NAME = 100
/** Sealed and in base64 it has to fit into its column. */
const LONGEST_SECRET_BYTES = 5_900

/**
 * Reads what somebody wants to save, or finds every problem with it.
 * @param before the connection that it changes; null for a new one
 * @param tokenFolder where token files may be
 */
export const readConnectionInput = (
  input: ConnectionInput,
  before: SavedConnection | null,
  tokenFolder: string,
): { readonly read: ReadConnection | null; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = []
  const find: Find = (path, message) => problems.push({ path, message: `${path} ${message}` })
  const name = readText('name', input.name, LONGEST_NAME, find)
  const { postgres, snowflake } = input
  if ((postgres == null) === (snowflake == null)) {
    problems.push({ path: postgres == null ? 'postgres' : 'snowflake', message: 'Give exactly one of postgres and snowflake' })
    return { read: null, problems }
  }
  const type = postgres == null ? 'SNOWFLAKE' : 'POSTGRES'
  if (before !== null && before.type !== type) {
    problems.push({ path: type.toLowerCase(), message: `The type cannot change: "${before.name}" is a connection to ${before.type}` })
    return { read: null, problems }
  }
  const read =
    snowflake == null
      ? readPostgres(name, postgres as PostgresConnectionInput, before, find)
      : readSnowflake(name, snowflake, before, tokenFolder, find)
  if (Buffer.byteLength(read?.secret ?? '') > LONGEST_SECRET_BYTES) {
    find(type.toLowerCase(), `holds a secret that is too long to be kept: at most ${LONGEST_SECRET_BYTES} bytes`)
  }
  return { read: problems.length === 0 ? read : null, problems }
}

const readOptional = (path: string, text: string | null | undefined, find: Find): string | null =>
  given(text) === null ? null : readText(path, text, LONGEST_TEXT, find)

const readPostgres = (name: string, input: PostgresConnectionInput, before: SavedConnection | null, find: Find): ReadConnection | null => {
  const read = readPostgresInput(input, before, find)
  return read === null ? null : { type: 'POSTGRES', name, ...read }
}

const readSnowflake = (
  name: string,
  input: SnowflakeConnectionInput,
  before: SavedConnection | null,
  tokenFolder: string,
  find: Find,
): ReadConnection => {
  const { authenticator } = input
  const user =
    authenticator === 'OAUTH'
      ? (readOptional('snowflake.user', input.user, find) ?? '')
      : readText('snowflake.user', input.user, LONGEST_TEXT, find)
  const settings: SnowflakeSettings = {
    account: readAccount(input.account, find),
    user,
    role: readOptional('snowflake.role', input.role, find),
    authenticator,
    tokenFile: readTokenFile(input, tokenFolder, find),
    accessUrl: readAccessUrl(input.accessUrl, find),
  }
  const { tokenFile, accessUrl } = settings
  if (authenticator === 'OAUTH' && tokenFile !== null && accessUrl !== null && !isSnowflakes(accessUrl)) {
    find(
      'snowflake.accessUrl',
      "must be an address of Snowflake's own (https://….snowflakecomputing.com) for a tokenFile, whose token goes nowhere else",
    )
  }
  const kept = keptSnowflakeSecret(before, settings)
  return { type: 'SNOWFLAKE', name, settings, secret: readSnowflakeSecret(input, kept, find), keepsSecret: kept === 'KEPT' }
}

/** Whoever may save connections must not be able to have the tokens of this machine sent to an address of theirs. */
const isSnowflakes = (accessUrl: string): boolean => {
  if (!URL.canParse(accessUrl)) return false
  const { hostname } = new URL(accessUrl)
  return isLoopback(hostname) || /\.snowflakecomputing\.(com|cn)$/.test(hostname)
}

const readTokenFile = (input: SnowflakeConnectionInput, tokenFolder: string, find: Find): string | null => {
  const file = readOptional('snowflake.tokenFile', input.tokenFile, find)
  // With another authenticator it is refused altogether.
  if (file === null || input.authenticator !== 'OAUTH') return file
  try {
    permittedTokenFile(file, tokenFolder)
  } catch (error) {
    find('snowflake.tokenFile', (error as Error).message)
  }
  return file
}
