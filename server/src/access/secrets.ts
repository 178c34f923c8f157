import { createHash, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32
/** By which people, and programs that look for leaked secrets, know one. */
const TOKEN_PREFIX = 'fbt_'

export const newSessionSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url')
export const newTokenText = (): string => `${TOKEN_PREFIX}${newSessionSecret()}`

export const isSessionSecret = (text: string): boolean => /^[\w-]{43}$/.test(text)
export const isTokenText = (text: string): boolean => /^fbt_[\w-]{43}$/.test(text)

/** What is kept of a secret. It is random, so that a plain hash of it tells nothing. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')
