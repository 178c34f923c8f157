import { partOf } from './dateCalls.ts'
import { quoteText } from './names.ts'
import { argumentsOf, isGroup, isSymbol, isWord, type Node, sourceOf } from './nodes.ts'
import { SnowflakeError } from './translation.ts'
import type { HistoryWindow, Work } from './work.ts'

/** The temporary table that the log is put into. */
export const HISTORY_TABLE = 'flakebench_query_history'

/** Its columns, as PostgreSQL names them. */
export const HISTORY_COLUMNS: readonly string[] =
  `query_id query_text database_name schema_name query_type session_id user_name role_name warehouse_name warehouse_size warehouse_type cluster_number
  query_tag execution_status error_code error_message start_time end_time total_elapsed_time bytes_scanned rows_produced compilation_time execution_time
  queued_provisioning_time queued_repair_time queued_overload_time transaction_blocked_time`.split(/\s+/)

const DEFAULT_LIMIT = 100
const MOST_ROWS = 10_000

const MS: Readonly<Record<string, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1_000,
  millisecond: 1,
}

/** Which part of the log is asked for; `filter`: of which session, user or warehouse. */
export const readHistoryWindow = (
  name: string,
  args: ReadonlyMap<string, readonly Node[]>,
  work: Work,
): { window: HistoryWindow; filter: string | null } => {
  const moment = (argument: string) => {
    const nodes = args.get(argument)
    return nodes === undefined ? null : momentOf(nodes, work)
  }
  const limit = args.get('RESULT_LIMIT')?.[0]
  const filters = ['SESSION_ID', 'USER_NAME', 'WAREHOUSE_NAME'].flatMap(argument => {
    const node = args.get(argument)?.[0]
    return node?.type === 'string' || node?.type === 'number' ? [`${argument.toLowerCase()}::text = ${quoteText(node.value)}`] : []
  })
  if (name === 'QUERY_HISTORY_BY_USER' && !args.has('USER_NAME')) filters.push(`user_name = ${quoteText(work.session.user)}`)
  return {
    window: {
      fromMs: moment('END_TIME_RANGE_START'),
      toMs: moment('END_TIME_RANGE_END'),
      limit: limit?.type === 'number' ? Math.min(MOST_ROWS, Number(limit.value)) : DEFAULT_LIMIT,
    },
    filter: filters.length === 0 ? null : filters.join(' AND '),
  }
}

const notReadable = (nodes: readonly Node[], work: Work): SnowflakeError =>
  new SnowflakeError(
    '001008',
    '22023',
    `QUERY_HISTORY: ${sourceOf(work.statement.sql, nodes)} is not a moment that this test server reads: write it out, or use DATEADD and CURRENT_TIMESTAMP.`,
  )

/** Literals, casts of them, CURRENT_TIMESTAMP and DATEADD; anything else is refused. */
const momentOf = (nodes: readonly Node[], work: Work): number => {
  const [first, second] = nodes
  if (nodes.length >= 3 && isSymbol(second, '::')) return momentOf([first as Node], work)
  if (first?.type === 'string' && nodes.length === 1) {
    const text = first.value.trim().replace(' ', 'T')
    const ms = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`)
    if (Number.isNaN(ms)) throw notReadable(nodes, work)
    return ms
  }
  if (first?.type === 'number' && nodes.length === 1) return Number(first.value) > 1e11 ? Number(first.value) : Number(first.value) * 1_000
  if (isWord(first, 'CURRENT_TIMESTAMP', 'SYSDATE', 'GETDATE') && (nodes.length === 1 || (nodes.length === 2 && isGroup(second))))
    return Date.now()
  if (isGroup(first) && nodes.length === 1) return momentOf(first.nodes, work)
  if (isGroup(second) && nodes.length === 2 && isWord(first, 'DATEADD', 'TIMESTAMPADD')) {
    const [part, count = [], from = []] = argumentsOf(second)
    const size = MS[partOf(part, work)]
    const amount = Number(sourceOf(work.statement.sql, count).replace(/\s/g, ''))
    if (size === undefined || Number.isNaN(amount)) throw notReadable(nodes, work)
    return momentOf(from, work) + amount * size
  }
  if (
    isGroup(second) &&
    nodes.length === 2 &&
    isWord(first) &&
    /^(?:TO_TIMESTAMP\w*|CAST|TO_DATE)$/.test((first as { value: string }).value)
  ) {
    const inner = argumentsOf(second)[0] ?? []
    const cut = inner.findIndex(node => isWord(node, 'AS'))
    return momentOf(cut < 0 ? inner : inner.slice(0, cut), work)
  }
  throw notReadable(nodes, work)
}
