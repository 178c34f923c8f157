import type { PostgresTls } from '@flakebench/store'

/** What an address of PostgreSQL says; null: nothing of that. */
export interface PostgresUrl {
  readonly host: string | null
  readonly port: number | null
  readonly user: string | null
  readonly database: string | null
  readonly password: string | null
  readonly tls: PostgresTls | null
}

/** What is wrong with it, in words that continue its path. They hold nothing of the address: any part of it may turn out to be the password. */
export interface PostgresUrlFault {
  readonly fault: string
}

const FORM = 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE'
/** Of the parameters of libpq, those that change nothing here. */
const WITHOUT_EFFECT = ['application_name', 'channel_binding', 'connect_timeout', 'fallback_application_name', 'gssencmode', 'keepalives']
/** PREFER and ALLOW ask for no certain way: as if nothing was said. */
const TLS: Readonly<Record<string, PostgresTls | null>> = {
  disable: 'OFF',
  allow: null,
  prefer: null,
  require: 'VERIFY',
  'verify-ca': 'VERIFY',
  'verify-full': 'VERIFY',
}

/**
 * Takes apart an address as libpq and providers of databases write it. Parts are percent-decoded. `sslmode` from require on asks for TLS, which is
 * verified here always.
 */
export const parsePostgresUrl = (text: string): PostgresUrl | PostgresUrlFault => {
  const trimmed = text.trim()
  if (!/^postgres(ql)?:\/\//i.test(trimmed)) return { fault: `must be an address of the form ${FORM}` }
  // Of the form that browsers know, so that a name of a host is read as one.
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  const [host = '', user, password, database] = [url?.hostname, url?.username, url?.password, url?.pathname.slice(1)].map(decoded)
  if (url === null || url.hash !== '' || /[/@]/.test(database ?? '') || [user, password, database].includes(null)) {
    return {
      fault: `must be an address of the form ${FORM}, with special characters of user and password percent-encoded (@ as %40, / as %2F, # as %23)`,
    }
  }
  if (host?.includes(',')) return { fault: 'must name one host' }
  const tls = readTls(url.searchParams)
  if (typeof tls === 'object' && tls !== null) return tls
  return {
    host: host?.replace(/^\[(.*)\]$/, '$1') || null,
    port: url.port === '' ? null : Number(url.port),
    user: user || null,
    database: database || null,
    password: password || null,
    tls,
  }
}

const readTls = (parameters: URLSearchParams): PostgresTls | null | PostgresUrlFault => {
  for (const name of parameters.keys()) {
    if (name === 'sslrootcert') return { fault: 'must not hold sslrootcert: give the text of the certificate as ca' }
    if (name !== 'sslmode' && !WITHOUT_EFFECT.includes(name)) return { fault: 'may hold no parameter but sslmode: leave the others out' }
  }
  const mode = parameters.get('sslmode')
  if (mode === null) return null
  const tls = TLS[mode]
  return tls === undefined ? { fault: `must have as sslmode one of ${Object.keys(TLS).join(', ')}` } : tls
}

/** Null: not decodable. */
const decoded = (part: string | undefined): string | null => {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    return null
  }
}
