import { SnowflakeFailure } from '@flakebench/store'

/** A failure of a Snowflake sign-in or statement in words that say what to do. */
export const explainSnowflake = (error: unknown): string => {
  if (!(error instanceof SnowflakeFailure)) return error instanceof Error ? error.message : String(error)
  const { kind, code } = error
  const message = error.message.replace(/\.$/, '')
  if (kind === 'NETWORK') return `${message}: check the account and accessUrl of the connection, and the network`
  const locked = kind === 'SERVER' ? BY_WORDS.find(([pattern]) => pattern.test(message)) : undefined
  if (locked !== undefined) return `${message} (${code}): ${locked[1]}`
  if (code in ADVICE) return `${message} (${code}): ${ADVICE[code]}`
  return code === '' || kind === 'TIMEOUT' ? message : `${message} (${code})`
}

/** What several codes stand for, or one together with other things. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/temporarily locked|is locked/i, 'wait a quarter of an hour, or have it unlocked: ALTER USER … SET MINS_TO_UNLOCK = 0'],
  [/user.*(disabled|suspended)/i, 'have it enabled: ALTER USER … SET DISABLED = FALSE'],
  [/multi-?factor|\bMFA\b|duo/i, 'its user must use a second factor: use a key pair or a programmatic access token instead'],
  [/network policy|not allowed to access Snowflake/i, 'a network policy of the account keeps this machine out: have its address allowed'],
]

/** Snowflake's codes for a sign-in that is refused. */
const ADVICE: Readonly<Record<string, string>> = {
  '390100': 'check user and secret of the connection',
  '390144': "check that the user has the key pair's public key, and that account and user are written as Snowflake has them",
  '390189': 'check the role of the connection, and that it is granted to its user',
  '390303': 'check the OAuth token, or the file that holds it',
  '390318': 'the OAuth token has expired: save a new one, or name a file that is renewed',
  '390422': 'a network policy of the account keeps this machine out: have its address allowed',
  '394400': 'check the programmatic access token: it may have expired, or be of another user',
}

/** Whether a sign-in itself was refused: trying it again and again gets the user locked out. */
export const isSignInRefused = (error: unknown): boolean =>
  error instanceof SnowflakeFailure && error.kind === 'SERVER' && /^(390[1-4]|394400$)/.test(error.code)
