import type { PostgresAddress } from './postgresClientOptions.ts'

type Words = (address: PostgresAddress, message: string) => string
/** What decides what is said of a certificate. */
type CertifiedAddress = Pick<PostgresAddress, 'host' | 'port' | 'ca'>
type CertificateWords = (address: CertifiedAddress, message: string) => string

const at = ({ host, port }: CertifiedAddress): string => `${host}:${port}`

const untrusted: CertificateWords = a =>
  a.ca == null
    ? `the certificate of ${at(a)} comes from an authority that this machine does not trust: give that authority's certificate as ca`
    : `the certificate of ${at(a)} does not come from the ca of the connection: give the certificate of the authority that it comes from`

/** By Node's codes. */
const CERTIFICATES: Readonly<Record<string, CertificateWords>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: a => `the certificate of ${at(a)} has expired: have it renewed`,
  CERT_NOT_YET_VALID: a => `the certificate of ${at(a)} is not valid yet: check the clock of this machine`,
  ERR_TLS_CERT_ALTNAME_INVALID: (a, message) =>
    `the certificate of ${at(a)} is not trusted, because it is for another name: give the name that it bears as the host (${message})`,
}

/** Why a certificate was refused, in words that say what to do; null: it was something else. */
export const explainCertificate = (error: unknown, address: CertifiedAddress): string | null => {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string }
  return CERTIFICATES[code]?.(address, message) ?? null
}

/** Node's codes for networks, PostgreSQL's for sign-ins. */
const REFUSALS: Readonly<Record<string, Words>> = {
  ECONNREFUSED: a => `nothing answers at ${at(a)}: is the database running there, and is the port right?`,
  ECONNRESET: a => `${at(a)} hung up: is that the port of a PostgreSQL, and does it let this machine in?`,
  ENOTFOUND: a => `there is no host "${a.host}": check its name`,
  EAI_AGAIN: a => `there is no host "${a.host}": check its name`,
  '28P01': a => `the password for "${a.user}" is not right`,
  '3D000': a => `there is no database "${a.database}" at ${at(a)}`,
  '42501': (a, message) => `"${a.user}" may not do that in the database "${a.database}" (${message}): grant it what it needs`,
  '53300': a => `${at(a)} takes no more connections: close some, or raise its max_connections`,
  '57P03': (a, message) => `${at(a)} is not ready yet (${message}): try again when it has started`,
  '57014': a => `${at(a)} took too long to answer: try again when it is less busy`,
}

const LOCKED_OUT: readonly (readonly [RegExp, Words])[] = [
  [/no pg_hba\.conf entry.*no encryption/i, a => `${at(a)} lets "${a.user}" in over TLS only: set tls to VERIFY`],
  [/no pg_hba\.conf entry/i, a => `${at(a)} lets "${a.user}" not in from this machine: allow it in its pg_hba.conf`],
  [/is not permitted to log in/i, a => `the role "${a.user}" may not sign in: grant it LOGIN`],
  [/role .* does not exist/i, a => `there is no role "${a.user}" at ${at(a)}: check the user`],
]

/** What a PostgreSQL, its driver or the network said, in words that say what to do. They begin in lower case, and hold no secret. */
export const explainPostgres = (error: unknown, address: PostgresAddress): string => {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string }
  const locked = code === '28000' ? LOCKED_OUT.find(([pattern]) => pattern.test(message)) : undefined
  if (locked !== undefined) return locked[1](address, message)
  const known = REFUSALS[code]?.(address, message) ?? explainCertificate(error, address)
  if (known !== null) return known
  if (code === '28000') return `the database refuses "${address.user}": ${message}`
  if (/timeout|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i.test(`${code} ${message}`))
    return `${at(address)} does not answer: check the address, and firewalls in between`
  if (/does not support SSL/i.test(message)) return `${at(address)} offers no TLS: set tls to OFF, if the way there is safe without`
  if (/establishing an SSL connection|wrong version number|packet length too long/i.test(message))
    return `${at(address)} does not speak as a PostgreSQL does: check host and port`
  if (/password must be a string|empty password/i.test(message)) return `"${address.user}" needs a password: save one`
  if (address.tls === 'VERIFY' && /certificate|self.signed|altnames/i.test(message))
    return `the certificate of ${at(address)} is not trusted: ${message}`
  return message || code || 'no reason was given'
}
