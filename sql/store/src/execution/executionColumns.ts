/** The columns of QUERY_EXECUTIONS that a loader fills, in the order in which both encoders write them. */
export const EXECUTION_COLUMNS = [
  'execution_id',
  'run_id',
  'worker_id',
  'connection_id',
  'query_id',
  'query_kind',
  'label',
  'phase',
  'counted',
  'intended_start_ms',
  'start_ms',
  'end_ms',
  'response_ms',
  'rows_affected',
  'success',
  'retried',
  'error_category',
  'error',
  'error_group',
] as const

/** As long as the columns are, in characters. */
export const LONGEST = { id: 100, queryId: 100, label: 255, error: 1_000 } as const
