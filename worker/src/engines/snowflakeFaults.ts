import { type SnowflakeFailure, toSnowflakeFailure } from '@flakebench/store'
import { statusOf } from './snowflakeErrors.ts'

/** Where and as whom it is signed in, for messages. */
export interface SnowflakeAddress {
  readonly account: string
  readonly user: string
  readonly role: string | null
  readonly warehouse: string | null
  readonly tokenFile: string | null
}

type Explain = (address: SnowflakeAddress, message: string) => string

const sentence = (message: string): string => message.replace(/\s+/g, ' ').replace(/[.\s]+$/, '')
const tokenAdvice = ({ tokenFile }: SnowflakeAddress): string =>
  tokenFile === null ? 'save a new token in the connection' : `have ${tokenFile} renewed`

/** By the server's code. Source: Snowflake's documentation of sign-in errors, and its driver's constants. */
const REFUSALS: Readonly<Record<string, Explain>> = {
  '390100': a => `Snowflake refused the user ${a.user} or the password: check both in the connection`,
  '390101': a => `The user ${a.user} is disabled in Snowflake: have it enabled, or use another connection`,
  '390102': a => `The user ${a.user} is locked in Snowflake: wait, or have it unlocked`,
  '390144': a =>
    `Snowflake refused the key of ${a.user}: register its public key (ALTER USER … SET RSA_PUBLIC_KEY), and check the connection's account and user`,
  '390189': (a, message) =>
    `The role ${a.role ?? 'of the connection'} cannot be used (${sentence(message)}): grant it to ${a.user}, or choose another one`,
  '390201': (_, message) =>
    `What the connection names does not exist, or may not be used (${sentence(message)}): check the template's target`,
  '390303': a => `Snowflake refused the OAuth token: ${tokenAdvice(a)}`,
  '390318': a => `The OAuth token has expired: ${tokenAdvice(a)}`,
  '390422': (a, message) =>
    `A network policy keeps this machine out of account ${a.account} (${sentence(message)}): have its address allowed`,
  '394400': a => `Snowflake refused the programmatic access token: ${tokenAdvice(a)}`,
  '000606': a =>
    `No warehouse is there to run on: check the template's target, and grant USAGE on ${a.warehouse ?? 'it'} to the connection's role`,
}

const SOCKETS: Readonly<Record<string, Explain>> = {
  ENOTFOUND: a => `The address of account ${a.account} is not known: check the connection's account (ORGANISATION-ACCOUNT)`,
  EAI_AGAIN: a => `The address of account ${a.account} cannot be looked up now: check the name service, and the connection's account`,
  ECONNREFUSED: a => `Nothing answers at the address of account ${a.account}: check the connection's account and address`,
}

/** Why no session could be had. */
export const explainRefusal = (error: unknown, address: SnowflakeAddress): string => {
  const failure = toSnowflakeFailure(error)
  const { code, message, kind } = failure
  const explain = REFUSALS[code] ?? SOCKETS[socketCode(failure)]
  if (explain !== undefined) return explain(address, message)
  const status = kind === 'NETWORK' ? statusOf(failure.cause) : null
  if (status === 403 || status === 404)
    return `There is no Snowflake account ${address.account}, or its address is closed to this machine (HTTP ${status}): check the connection's account`
  if (status === 429 || status === 503)
    return `Snowflake lets nobody in just now (HTTP ${status}): ask for fewer connections, or try again later`
  if (kind === 'TIMEOUT') return `Account ${address.account} did not answer in time: check the connection's account, and firewalls between`
  if (/private ?key|passphrase|PEM|DECODER|bad decrypt/i.test(message))
    return `The connection's private key cannot be read (${sentence(message)}): save it as PKCS #8 in PEM, with its passphrase`
  if (/token file|ENOENT|EACCES/i.test(message))
    return `The token file cannot be read (${sentence(message)}): check the connection's token file`
  return `No session could be opened with Snowflake account ${address.account}: ${sentence(message)}`
}

const socketCode = ({ cause }: SnowflakeFailure): string => String((cause as { cause?: { code?: unknown } } | null)?.cause?.code ?? '')

const STATEMENTS: readonly (readonly [RegExp, (title: string, message: string) => string])[] = [
  [
    /000904|invalid identifier/i,
    (title, message) => `The ${title}'s SQL names a column that does not exist (${message}): correct the template's SQL`,
  ],
  [
    /003001|insufficient privileges/i,
    (title, message) => `The ${title} is not allowed (${message}): grant the connection's role what it needs`,
  ],
  [
    /002003|does not exist or not authorized/i,
    (title, message) =>
      `The ${title}'s SQL names what does not exist or may not be used (${message}): correct the template's SQL, or grant the role what it needs`,
  ],
  [
    /000606|no active warehouse/i,
    (title, message) =>
      `The ${title} has no warehouse to run on (${message}): check the template's target, and grant USAGE on its warehouse`,
  ],
  [
    /interactive|read.only|not (supported|allowed)|unsupported/i,
    (title, message) => `The ${title} is nothing that this kind of table takes (${message}): set its weight to 0`,
  ],
]

/** Why a statement could not be prepared. */
export const explainStatement = (error: unknown, title: string): string => {
  const { code, message } = toSnowflakeFailure(error)
  const said = sentence(message)
  const explain = STATEMENTS.find(([pattern]) => pattern.test(code) || pattern.test(said))?.[1]
  return explain?.(title, said) ?? `The ${title}'s SQL was refused (${said}): correct the template's SQL`
}
