import { quoteText } from './names.ts'
import { isGroup, type Node } from './nodes.ts'
import type { SessionView } from './translation.ts'
import { COMPAT } from './types.ts'

/** What the server says of itself. */
export const SERVER_VERSION = '9.40.0'

const textOrNull = (value: string | null): string => (value === null ? 'NULL::text' : `${quoteText(value)}::text`)

const NOW = `${COMPAT}.current_timestamp_ltz()`

/** With parentheses or without. */
const CONSTANTS: Readonly<Record<string, (session: SessionView) => string>> = {
  CURRENT_TIMESTAMP: () => NOW,
  LOCALTIMESTAMP: () => NOW,
  CURRENT_DATE: () => `${NOW}::date`,
  CURRENT_TIME: () => `${NOW}::time`,
  LOCALTIME: () => `${NOW}::time`,
  CURRENT_USER: session => textOrNull(session.user),
}

const ACCOUNT = `coalesce(nullif(current_setting('flakebench.account', true), ''), 'FLAKEBENCH')`

/** Only with parentheses. */
const CALLS: Readonly<Record<string, (session: SessionView) => string>> = {
  GETDATE: () => NOW,
  SYSTIMESTAMP: () => NOW,
  SYSDATE: () => `${COMPAT}.sysdate()`,
  CURRENT_ROLE: session => textOrNull(session.role),
  CURRENT_WAREHOUSE: session => textOrNull(session.warehouse),
  CURRENT_DATABASE: session => textOrNull(session.database),
  CURRENT_SCHEMA: session => textOrNull(session.schema),
  CURRENT_VERSION: () => textOrNull(SERVER_VERSION),
  CURRENT_CLIENT: () => textOrNull('JavaScript'),
  CURRENT_ACCOUNT: () => ACCOUNT,
  CURRENT_ACCOUNT_NAME: () => ACCOUNT,
  CURRENT_ORGANIZATION_NAME: () => textOrNull('WIRE'),
  CURRENT_REGION: () => textOrNull('LOCAL'),
  CURRENT_SESSION: () => `coalesce(nullif(current_setting('flakebench.session_id', true), ''), pg_backend_pid()::text)`,
  CURRENT_STATEMENT: () => 'current_query()',
  CURRENT_TRANSACTION: () => 'pg_current_xact_id_if_assigned()::text',
}

/** Names of functions that stand for a constant of the statement; Snowflake takes these even in VALUES. */
export const CONSTANT_NAMES: ReadonlySet<string> = new Set([...Object.keys(CONSTANTS), ...Object.keys(CALLS)])

/** The constant that `word` stands for and how many nodes after it belong to it; null when it is something else. */
export const constantOf = (word: string, following: Node | undefined, session: SessionView): { text: string; nodes: number } | null => {
  const group = isGroup(following) ? following : null
  const plain = CONSTANTS[word]
  if (plain !== undefined) {
    const digits = group?.nodes[0]?.type === 'number' ? group.nodes[0].value : null
    const text = plain(session)
    if (group === null) return { text, nodes: 0 }
    return {
      text: digits === null || !word.endsWith('TIMESTAMP') ? text : `${text}::timestamptz(${Math.min(6, Number(digits))})`,
      nodes: 1,
    }
  }
  const call = CALLS[word]
  return call === undefined || group === null || group.nodes.length > 0 ? null : { text: call(session), nodes: 1 }
}
