import { X509Certificate } from 'node:crypto'
import type { PostgresSettings, SavedConnection } from '@flakebench/store'
import { isLoopback } from '../loopback.ts'
import type { PostgresConnectionInput } from './connection.input.ts'
import { type Find, given, LONGEST_TEXT, quoted, readText } from './given.ts'
import { keptPostgresSecret } from './keptSecret.ts'
import { type PostgresUrl, parsePostgresUrl } from './postgresUrl.ts'

const DEFAULT_PORT = 5432
const HIGHEST_PORT = 65_535
const LONGEST_URL = 2_000
/** A handful of certificates. */
const LONGEST_CA = 50_000

/** As it is kept; with no secret, whether the one that is there stays. */
export interface ReadPostgres {
  readonly settings: PostgresSettings
  readonly secret: string | null
  readonly keepsSecret: boolean
}

/** Reads what somebody gave for a PostgreSQL: an address, or its parts. @param before the connection that it changes; null for a new one */
export const readPostgresInput = (input: PostgresConnectionInput, before: SavedConnection | null, find: Find): ReadPostgres | null => {
  const url = readUrl(input.url, find)
  if (url === null) return null
  const { host: hostGiven, port: portGiven, user, database, tls: tlsGiven, secret } = eitherOf(input, url, find)
  const host = readText('postgres.host', hostGiven, LONGEST_TEXT, find)
  if (/[\s/@?#]/.test(host))
    find('postgres.host', `must be a name or an address alone: put a whole address into postgres.url${quoted(host)}`)
  else if (/^[^:]*:\d*$/.test(host))
    find('postgres.host', `must be a name or an address alone: put the port into postgres.port${quoted(host)}`)
  if (/:\/\/|:.*@|password\s*=/is.test(`${user ?? ''}\n${database ?? ''}`) || given(input.user)?.includes(':'))
    find(
      'postgres.user',
      'must be the name of the user alone: put a whole address into postgres.url, and the password into postgres.password',
    )
  const port = portGiven ?? DEFAULT_PORT
  if (port < 1 || port > HIGHEST_PORT) find('postgres.port', `must be from 1 to ${HIGHEST_PORT}; it is ${port}`)
  const tls = tlsGiven ?? (isLoopback(host) ? 'OFF' : 'VERIFY')
  const settings: PostgresSettings = {
    host,
    port,
    user: readText('postgres.user', user, LONGEST_TEXT, find),
    database: readText('postgres.database', database, LONGEST_TEXT, find),
    tls,
    ca: readCa(input.ca, find),
  }
  if (settings.ca !== null && tls === 'OFF') find('postgres.ca', 'is of use with tls VERIFY only: leave it out, or set tls to VERIFY')
  const kept = keptPostgresSecret(before, settings)
  if (secret === null && kept === 'MOVED')
    find('postgres.password', 'must be given again: the one that is kept is for the address and user before')
  return { settings, secret, keepsSecret: kept === 'KEPT' }
}

const NO_URL: PostgresUrl = { host: null, port: null, user: null, database: null, password: null, tls: null }

/** Null: it is wrong. */
const readUrl = (text: string | null | undefined, find: Find): PostgresUrl | null => {
  if (given(text) === null) return NO_URL
  const read =
    (text as string).length > LONGEST_URL ? { fault: `must have at most ${LONGEST_URL} characters` } : parsePostgresUrl(text as string)
  if (!('fault' in read)) return read
  find('postgres.url', read.fault)
  return null
}

/** What the address says, and what it leaves open as the fields say it; they may not contradict each other. */
const eitherOf = (input: PostgresConnectionInput, url: PostgresUrl, find: Find) => {
  const either = <T>(field: string, fromUrl: T | null, fromField: T | null | undefined): T | null => {
    if (fromUrl !== null && fromField != null && fromUrl !== fromField)
      find(`postgres.${field}`, 'must be left out: the url says otherwise')
    return fromUrl ?? fromField ?? null
  }
  return {
    host: either('host', url.host, given(input.host)),
    port: either('port', url.port, input.port),
    user: either('user', url.user, given(input.user)),
    database: either('database', url.database, given(input.database)),
    tls: either('tls', url.tls, input.tls),
    secret: either('password', url.password, input.password || null),
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** Certificates alone, each readable: a key that was pasted along would be shown to everybody. */
const readCa = (text: string | null | undefined, find: Find): string | null => {
  const pem = given(text)
  if (pem === null) return null
  if (pem.length > LONGEST_CA) {
    find('postgres.ca', `must have at most ${LONGEST_CA} characters`)
    return null
  }
  const found = pem.match(CERTIFICATE) ?? []
  if (/PRIVATE KEY/.test(pem)) find('postgres.ca', 'must hold certificates only, and no private key: that stays with the server')
  else if (found.length === 0 || !found.every(isCertificate))
    find('postgres.ca', 'must be one or more certificates in PEM: -----BEGIN CERTIFICATE----- … -----END CERTIFICATE-----')
  return `${found.join('\n')}\n`
}

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
