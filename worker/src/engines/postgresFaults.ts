import { explainCertificate } from '@flakebench/store'
import { EXIT, messageOf, WorkerFailure } from '../failure.ts'
import { codeOf } from './postgresErrors.ts'

/** Where and as whom it is signed in, for messages. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  /** The connection's own authorities; null: none. */
  readonly ca?: string | null
}

type Explain = (address: Address, message: string) => string

const at = ({ host, port }: Address): string => `${host}:${port}`

const REFUSALS: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: a => `No PostgreSQL answers at ${at(a)}: check that it runs, and the connection's host and port`,
  ENOTFOUND: a => `The host ${a.host} is not known: check the connection's host`,
  EAI_AGAIN: a => `The host ${a.host} cannot be looked up now: check the connection's host and the name service`,
  '28P01': a => `The password for ${a.user} at ${at(a)} was refused: save the right one in the connection`,
  '28000': (a, message) => `${a.user} may not sign in at ${at(a)} (${message}): check the connection's user and the server's pg_hba.conf`,
  '3D000': a => `The database ${a.database} does not exist at ${at(a)}: check the template's target and the connection`,
  '42501': (a, message) => `${a.user} may not look at the table (${message}): grant USAGE on its schema and SELECT on it`,
  '53300': a => `PostgreSQL at ${at(a)} takes no more connections: ask for fewer target connections, or raise its max_connections`,
  '57P03': (a, message) => `PostgreSQL at ${at(a)} is not ready yet (${message}): wait until it has started`,
}

/** Why no session could be had. */
export const explainRefusal = (error: unknown, address: Address): string => {
  const message = messageOf(error)
  const explain = REFUSALS[codeOf(error)]
  if (explain !== undefined) return explain(address, message)
  const certificate = explainCertificate(error, address)
  if (certificate !== null) return `No session could be opened with PostgreSQL: ${certificate}`
  if (/timeout expired/i.test(message))
    return `PostgreSQL at ${at(address)} did not answer in time: check the connection's host and port, and firewalls between`
  if (/password must be a|empty password/i.test(message))
    return `${address.user} needs a password at ${at(address)}: save one in the connection`
  if (/does not support SSL/i.test(message))
    return `PostgreSQL at ${at(address)} does not speak TLS: set the connection's tls to OFF, or turn TLS on there`
  return `No session could be opened with PostgreSQL at ${at(address)}: ${message}`
}

const QUERY_CANCELED = '57014'

/** A session was there, but what was asked on it took too long: nothing is wrong with the way to the server. */
export const explainSlowLook = (error: unknown, table: string, seconds: number): never => {
  if (codeOf(error) !== QUERY_CANCELED) throw error
  const sentence =
    `Looking at the table ${table} took more than ${seconds} s (${messageOf(error)}): ` +
    "raise the template's startup timeout, give the table an index on its key, or prepare the template's value pools first"
  throw new WorkerFailure(EXIT.NOT_PREPARED, sentence, { cause: error })
}

const firstQuoted = (message: string): string | null => /["«„“]([^"»“”]+)["»“”]/.exec(message)?.[1] ?? null

const STATEMENTS: Readonly<Record<string, (title: string, message: string) => string>> = {
  '42703': (title, message) =>
    `Column ${firstQuoted(message) ?? '?'} of the ${title}'s SQL does not exist (${message}): correct the template's SQL`,
  '42P01': (title, message) => `The ${title}'s SQL names a table that does not exist (${message}): correct the template's SQL`,
  '42501': (title, message) => `The ${title} is not allowed (${message}): grant the connection's user what it needs`,
  '42P18': (title, message) => `The ${title}'s SQL has a value of unknown type (${message}): write it as CAST(? AS type)`,
}

/** Why a statement could not be prepared. */
export const explainStatement = (error: unknown, title: string): string => {
  const message = messageOf(error)
  const explain = STATEMENTS[codeOf(error)]
  return explain?.(title, message) ?? `The ${title}'s SQL was refused (${message}): correct the template's SQL`
}
