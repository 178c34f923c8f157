import type pg from 'pg'
import { type ControlDatabaseOptions, DEFAULT_SCHEMA } from './controlDatabaseOptions.ts'

const CONNECT_TIMEOUT_MS = 5_000

/**
 * How every session with a control database on PostgreSQL is opened.
 * @param idleInTransactionMs how long one may say nothing within a transaction before the server ends it
 */
export const sessionSettings = (
  options: ControlDatabaseOptions & { readonly statementTimeoutMs: number },
  idleInTransactionMs: number,
): pg.ClientConfig => ({
  connectionString: options.url,
  connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  // The server gives up first; the client's own deadline covers a server that no longer answers at all.
  statement_timeout: options.statementTimeoutMs,
  query_timeout: options.statementTimeoutMs + 1_000,
  idle_in_transaction_session_timeout: idleInTransactionMs,
  keepAlive: true,
  application_name: options.applicationName ?? 'flakebench',
  options: [
    '-c timezone=UTC',
    `-c search_path=${options.schema ?? DEFAULT_SCHEMA},public`,
    // The sessions of a machine that vanished end within a minute.
    '-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3',
    options.relaxedDurability === true ? '-c synchronous_commit=off' : '',
  ].join(' '),
  types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
})

const OID = {
  int8: 20,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  numeric: 1700,
  bool: 16,
  json: 114,
  jsonb: 3802,
  timestamp: 1114,
  timestamptz: 1184,
}

const moment = (text: string): number => {
  const [seconds = '', fraction = ''] = text.replace(/[+-]\d\d(:?\d\d)?$/, '').split('.')
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) + Number(`0.${fraction || '0'}`) * 1_000
}

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.int8]: Number,
  [OID.int2]: Number,
  [OID.int4]: Number,
  [OID.float4]: Number,
  [OID.float8]: Number,
  [OID.numeric]: Number,
  [OID.bool]: text => text === 't',
  [OID.json]: text => JSON.parse(text) as unknown,
  [OID.jsonb]: text => JSON.parse(text) as unknown,
  [OID.timestamp]: moment,
  [OID.timestamptz]: moment,
}

const parserOf = (oid: number): ((text: string) => unknown) => parsers[oid] ?? (text => text)
