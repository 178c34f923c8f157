import { createHash, createPublicKey, verify } from 'node:crypto'
import type { WireUser } from '../options.ts'

/** Body of a sign-in, as far as it is read. */
export interface LoginData {
  readonly LOGIN_NAME?: string
  readonly PASSWORD?: string
  readonly TOKEN?: string
  readonly AUTHENTICATOR?: string
  readonly CLIENT_ENVIRONMENT?: { readonly APPLICATION?: string }
  readonly SESSION_PARAMETERS?: Readonly<Record<string, string | number | boolean>>
}

export type SignInVerdict = { readonly user: WireUser } | { readonly code: string; readonly message: string }

const refused = (code: string, message: string): SignInVerdict => ({ code, message })
const WRONG_PASSWORD = refused('390100', 'Incorrect username or password was specified.')
const BAD_JWT = refused('390144', 'JWT token is invalid.')
const BAD_OAUTH = refused('390303', 'Invalid OAuth access token.')
const EXPIRED_OAUTH = refused('390318', 'OAuth access token expired.')
// The code is a guess.
const BAD_PAT = refused('394400', 'Programmatic access token is invalid.')

/** Who signs in, or why not. */
export const decideSignIn = (data: LoginData, account: string, users: readonly WireUser[], nowMs: number): SignInVerdict => {
  const named = users.find(user => user.name.toUpperCase() === data.LOGIN_NAME?.toUpperCase())
  const token = data.TOKEN ?? ''
  switch ((data.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase()) {
    case 'SNOWFLAKE':
    case 'USERNAME_PASSWORD_MFA':
      return named?.password !== undefined && named.password === data.PASSWORD ? { user: named } : WRONG_PASSWORD
    case 'SNOWFLAKE_JWT':
      return named?.publicKeyPem !== undefined && isSignedBy(token, account, named.name, named.publicKeyPem, nowMs)
        ? { user: named }
        : BAD_JWT
    case 'OAUTH':
      return decideOauth(token, named, users)
    case 'PROGRAMMATIC_ACCESS_TOKEN': {
      const owner = users.find(user => user.pats?.includes(token) === true)
      return owner !== undefined && (named === undefined || named === owner) ? { user: owner } : BAD_PAT
    }
    default:
      return refused('390139', `The specified authenticator is not accepted: ${data.AUTHENTICATOR}.`)
  }
}

const decideOauth = (token: string, named: WireUser | undefined, users: readonly WireUser[]): SignInVerdict => {
  const owner = users.find(user => user.oauthTokens?.includes(token) === true)
  if (owner !== undefined && (named === undefined || named === owner)) return { user: owner }
  return users.some(user => user.expiredOauthTokens?.includes(token) === true) ? EXPIRED_OAUTH : BAD_OAUTH
}

/** RS256, issued by `ACCOUNT.USER.SHA256:<fingerprint of the key>` for `ACCOUNT.USER`, and not expired. */
const isSignedBy = (token: string, account: string, user: string, publicKeyPem: string, nowMs: number): boolean => {
  const [header, payload, signature] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) return false
  const key = createPublicKey(publicKeyPem)
  const fingerprint = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64')
  const subject = `${account.toUpperCase()}.${user.toUpperCase()}`
  const algorithm = readPart(header)?.['alg']
  const claims = readPart(payload)
  if (algorithm !== 'RS256' || claims === null) return false
  if (claims['sub'] !== subject || claims['iss'] !== `${subject}.SHA256:${fingerprint}`) return false
  if (!(Number(claims['exp']) * 1000 > nowMs)) return false
  return verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))
}

const readPart = (part: string): Readonly<Record<string, unknown>> | null => {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>
  } catch {
    return null
  }
}
