/** A table that holds rows of runs, as they are taken along from one installation to another. */
export interface RunTable {
  readonly name: string
  /** Beside the run's id, what tells its rows apart: they are read in this order. */
  readonly key: readonly string[]
  /** So many rows are read at once: fewer where they are large. */
  readonly portion: number
}

const table = (name: string, key: readonly string[], portion = 500): RunTable => ({ name, key, portion })

export const EXECUTIONS_TABLE = table('query_executions', ['end_ms', 'execution_id'], 1_000)
export const INTERVALS_TABLE = table('metrics_snapshots', ['interval_index'], 50)
export const FIGURES_TABLE = table('run_figures', ['figure'], 1)
export const RESULTS_TABLE = table('test_results', ['test_id'], 50)
/** A run is here once its row is in this one. */
export const RUNS_TABLE = table('run_status', ['run_id'], 1)

/**
 * All that belongs to a run but what only steered it, and its figures, which follow from the rest. In the order in which they are written; the run itself
 * comes last.
 */
export const RUN_TABLES: readonly RunTable[] = [
  INTERVALS_TABLE,
  table('worker_heartbeats', ['worker_id']),
  table('controller_step_history', ['step_id']),
  table('warehouse_poll_snapshots', ['sequence_number']),
  table('test_logs', ['log_id']),
  table('run_statements', ['operation_index']),
  table('enrichments', ['source']),
  table('spool_files', ['worker_id', 'attempt', 'file_number']),
  EXECUTIONS_TABLE,
  RESULTS_TABLE,
  RUNS_TABLE,
]
