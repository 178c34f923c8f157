import {
  COMPLETION_REASONS,
  ENRICHMENT_SOURCES,
  ENRICHMENT_STATUSES,
  ERROR_CATEGORIES,
  faultOfPlan,
  LOAD_MODES,
  LOG_LEVELS,
  OPERATION_KINDS,
  OPERATION_TYPES,
  RUN_PHASES,
  SCALING_MODES,
  STEP_OUTCOMES,
  STEP_PURPOSES,
  STEP_TYPES,
  TABLE_TYPES,
  TERMINAL_STATUSES,
  WORKER_STATUSES,
} from '@flakebench/contract'
import type { Row } from '@flakebench/store'
import { readMarks } from '../api/history/readMarks.ts'
import { JSON_COLUMNS } from './jsonColumns.ts'

/** Words that are read as one of a closed set. Those that begin with a question mark may be missing. */
const WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  run_status: { status: TERMINAL_STATUSES, phase: RUN_PHASES, '?completion_reason': COMPLETION_REASONS },
  test_results: { table_type: TABLE_TYPES, load_mode: LOAD_MODES, scaling_mode: SCALING_MODES },
  worker_heartbeats: { status: WORKER_STATUSES, phase: RUN_PHASES },
  metrics_snapshots: { phase: ['WARMUP', 'MEASUREMENT'] },
  controller_step_history: { step_type: STEP_TYPES, '?purpose': STEP_PURPOSES, outcome: STEP_OUTCOMES },
  query_executions: { phase: RUN_PHASES, query_kind: OPERATION_KINDS, '?error_category': ERROR_CATEGORIES },
  run_statements: { query_kind: OPERATION_KINDS, operation_type: OPERATION_TYPES },
  enrichments: { source: ENRICHMENT_SOURCES, status: ENRICHMENT_STATUSES },
  test_logs: { level: LOG_LEVELS },
}

/** Longer than any run lasts, with the drain after it. */
export const LONGEST_RUN_MS = 8 * 86_400_000
/** More group ids than a run gives out, with every worker replaced again and again. */
const MOST_WORKERS_EVER = 10_000

/** What keeps a row, each column of which is of its type, from being one that pages can read; in words that continue "…: ". Null: nothing. */
export const faultOfRow = (table: string, row: Row): string | null =>
  faultOfWords(table, row) ?? faultOfJson(table, row) ?? OWN_RULES[table]?.(row) ?? null

const faultOfWords = (table: string, row: Row): string | null => {
  for (const [named, words] of Object.entries(WORDS[table] ?? {})) {
    const column = named.replace('?', '')
    const value = row[column] ?? null
    if (value === null && column !== named) continue
    if (!words.includes(value as string)) return `${column} is none of ${words.join(', ')}`
  }
  return null
}

const faultOfJson = (table: string, row: Row): string | null => {
  for (const [column, check] of Object.entries(JSON_COLUMNS[table] ?? {})) {
    const fault = check(row[column] ?? null, column)
    if (fault !== null) return fault
  }
  return null
}

const faultOfMoments = (row: Row, columns: readonly string[]): string | null => {
  for (const column of columns) {
    if (Math.abs(row[column] as number) > LONGEST_RUN_MS) return `${column} is beyond the end of any run`
  }
  return null
}

const faultOfCounts = (row: Row, columns: readonly string[]): string | null =>
  columns.filter(column => ((row[column] ?? 0) as number) < 0).map(column => `${column} is below 0`)[0] ?? null

/** Of a result: what its readers take for granted once there is one. */
const MEASURED = ['by_kind', 'errors_by_category', 'accounting'] as const

/** Of an execution: what the schema lets be missing, and its readers do not. */
const READ_OF_EXECUTIONS = ['connection_id', 'label', 'counted', 'response_ms', 'retried'] as const

const faultOfTags = (row: Row): string | null => {
  const tags: unknown = row['tags'] ?? null
  if (tags === null) return null
  if (!Array.isArray(tags) || tags.some(tag => typeof tag !== 'string')) return 'tags must be a list of texts'
  try {
    readMarks({ tags })
    return null
  } catch (error) {
    return (error as Error).message
  }
}

const OWN_RULES: Readonly<Record<string, (row: Row) => string | null>> = {
  run_status: row => {
    if (!(((row['total_workers_expected'] ?? 0) as number) <= MOST_WORKERS_EVER))
      return `total_workers_expected is above ${MOST_WORKERS_EVER}`
    return faultOfCounts(row, ['total_workers_expected', 'workers_ready', 'run_number']) ?? faultOfPlan(row['scenario_config'])
  },
  test_results: row => {
    const missing = row['measured_seconds'] == null ? undefined : MEASURED.find(column => row[column] == null)
    if (missing !== undefined) return `${missing} is missing`
    return faultOfTags(row) ?? (row['test_config'] == null ? null : faultOfPlan(row['test_config']))
  },
  metrics_snapshots: row => {
    if (!((row['start_ms'] as number) >= 0 && (row['end_ms'] as number) >= (row['start_ms'] as number))) return 'it ends before it begins'
    const columns = ['interval_index', 'operations_started', 'total_operations', 'error_count', 'cut_off_count', 'qps']
    return faultOfMoments(row, ['start_ms', 'end_ms']) ?? faultOfCounts(row, columns)
  },
  query_executions: row => {
    const missing = READ_OF_EXECUTIONS.find(column => row[column] == null)
    return missing === undefined ? faultOfMoments(row, ['intended_start_ms', 'start_ms', 'end_ms', 'response_ms']) : `${missing} is missing`
  },
  controller_step_history: row =>
    faultOfMoments(
      row,
      ['start_ms', 'observed_from_ms', 'end_ms'].filter(name => row[name] != null),
    ),
  warehouse_poll_snapshots: row => {
    if (row['running'] != null) return row['raw_result'] == null ? 'raw_result is missing' : null
    const trouble = (row['raw_result'] as { readonly trouble?: unknown } | null | undefined)?.trouble
    return typeof trouble === 'string' ? null : 'raw_result says neither what was found nor why nothing was'
  },
}
