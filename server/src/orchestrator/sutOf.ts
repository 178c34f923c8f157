import type { Target } from '@flakebench/contract'
import type { SavedConnection } from '@flakebench/store'

/**
 * What a run of this target loads, in words that are equal when two runs would spoil each other (see `Plan.sut`): the server of a PostgreSQL, the warehouse
 * and the table in a Snowflake account. Nothing secret is in them. Empty: not known.
 */
export const sutOf = (target: Target, connection: SavedConnection | null): string[] => {
  if (connection === null) return []
  if (connection.type === 'POSTGRES') {
    const { host, port } = connection.settings
    return [`postgres://${plainHost(host)}:${port}`]
  }
  const account = `snowflake://${connection.settings.account.trim().toUpperCase()}`
  const table = [target.database ?? '', target.schema, target.table].map(plainName).join('.')
  return [...(target.warehouse === null ? [] : [`${account}/warehouse/${plainName(target.warehouse)}`]), `${account}/table/${table}`]
}

const LOOPBACK = ['localhost', '::1', '[::1]', '0.0.0.0', '::', '[::]']

const plainHost = (host: string): string => {
  const plain = host.trim().toLowerCase().replace(/\.$/, '')
  return LOOPBACK.includes(plain) || /^127\.\d+\.\d+\.\d+$/.test(plain) ? '127.0.0.1' : plain
}

/** As Snowflake takes a name: upper case, unless it is quoted. */
const plainName = (name: string): string => (/^".*"$/.test(name) ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase())
