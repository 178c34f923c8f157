import { createPrivateKey } from 'node:crypto'
import type { SnowflakeAuthenticator, SnowflakeKeyPair } from '@flakebench/store'
import type { SnowflakeConnectionInput } from './connection.input.ts'
import { type Find, given } from './given.ts'
import type { KeptSecret } from './keptSecret.ts'

type SecretField = 'password' | 'privateKey' | 'privateKeyPassphrase' | 'token' | 'tokenFile'

/** What each authenticator takes. */
const TAKEN: Readonly<Record<SnowflakeAuthenticator, readonly SecretField[]>> = {
  PASSWORD: ['password'],
  KEY_PAIR: ['privateKey', 'privateKeyPassphrase'],
  OAUTH: ['token', 'tokenFile'],
  PAT: ['token'],
}
const FIELDS: readonly SecretField[] = ['password', 'privateKey', 'privateKeyPassphrase', 'token', 'tokenFile']

/**
 * The secret as it is sealed.
 * @param kept what became of the one that was saved before
 * @returns null when none was given, or none is needed
 */
export const readSnowflakeSecret = (input: SnowflakeConnectionInput, kept: KeptSecret, find: Find): string | null => {
  const { authenticator } = input
  const taken = TAKEN[authenticator]
  for (const field of FIELDS) {
    if (!taken.includes(field) && given(input[field]) !== null) {
      find(`snowflake.${field}`, `must be left out: ${authenticator} takes ${taken.join(', ')}`)
    }
  }
  const required = (field: SecretField): string | null => {
    const text = given(input[field])
    if (text === null && kept !== 'KEPT') find(`snowflake.${field}`, missingWords(authenticator, kept))
    return text
  }
  switch (authenticator) {
    case 'PASSWORD':
      // A password's own blanks count.
      return required('password') === null ? null : (input.password ?? null)
    case 'KEY_PAIR':
      return readKeyPair(required('privateKey'), input.privateKeyPassphrase || null, kept === 'KEPT', find)
    case 'OAUTH':
      return readOAuth(input, kept, find)
    case 'PAT':
      return required('token')
  }
}

const missingWords = (authenticator: SnowflakeAuthenticator, kept: KeptSecret): string =>
  kept === 'MOVED'
    ? 'must be given again: the one that is kept is for the account, address and user before'
    : `must be given for ${authenticator}`

const readOAuth = (input: SnowflakeConnectionInput, kept: KeptSecret, find: Find): string | null => {
  const [token, tokenFile] = [given(input.token), given(input.tokenFile)]
  if (token !== null && tokenFile !== null) find('snowflake.token', 'must be left out where tokenFile names the file that holds it')
  if (token === null && tokenFile === null && kept !== 'KEPT')
    find('snowflake.token', `${missingWords('OAUTH', kept)}, or tokenFile, a file that holds it`)
  return token
}

const SMALLEST_KEY_BITS = 2_048

/** The driver takes PKCS #8 alone: whatever form a key comes in, it is kept in that one, decrypted, sealed like any secret. */
const readKeyPair = (pem: string | null, passphrase: string | null, keeps: boolean, find: Find): string | null => {
  if (pem === null) {
    if (passphrase !== null && keeps) find('snowflake.privateKey', 'must be given with its passphrase')
    return null
  }
  // Of either form; what the cryptography says of a missing passphrase differs from version to version.
  if (passphrase === null && /ENCRYPTED/.test(pem)) {
    find('snowflake.privateKeyPassphrase', 'must be given: the private key is encrypted')
    return null
  }
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) })
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0
    if (key.asymmetricKeyType !== 'rsa' || bits < SMALLEST_KEY_BITS) {
      find('snowflake.privateKey', `must be an RSA key of at least ${SMALLEST_KEY_BITS} bits, which Snowflake asks for`)
    }
    const pair: SnowflakeKeyPair = { privateKey: key.export({ type: 'pkcs8', format: 'pem' }) as string, passphrase: null }
    return JSON.stringify(pair)
  } catch {
    // A wrong passphrase mostly fails to decrypt, and sometimes decrypts to nonsense.
    if (/ENCRYPTED/.test(pem)) find('snowflake.privateKeyPassphrase', 'does not open the private key')
    else find('snowflake.privateKey', 'must be a private key in PEM: the text from -----BEGIN to -----END and both lines themselves')
    return null
  }
}
