import { completePlan, type Enrichment, type Plan } from '@flakebench/contract'
import { RESULTS_TABLE, type Row, RUNS_TABLE } from '@flakebench/store'
import { withoutConnection } from './withoutConnection.ts'

/**
 * A row of a run without what leads to a connection, to the installation that it ran on and its machines, or to that one's own plans for the run: so it
 * leaves, and so it is kept where it comes in, whoever wrote the file.
 */
export const withoutOrigin = (table: string, row: Row): Row => {
  switch (table) {
    case RUNS_TABLE.name:
      return {
        ...row,
        scenario_config: planOf(row['scenario_config']),
        orchestrator_id: null,
        orchestrator_url: null,
        lease_expires_at: null,
        waits_for: null,
        processing_state: null,
      }
    case RESULTS_TABLE.name:
      return { ...row, test_config: planOf(row['test_config']), pinned: null, deleted_at: null, imported_at: null }
    case 'worker_heartbeats':
      return { ...row, host: null, pid: null, spool_folder: null }
    case 'enrichments':
      return { ...row, ...ended(row['status'] as Enrichment['status']), due_at: null, claimed_until: null }
    default:
      return row
  }
}

const planOf = (kept: unknown): Plan | null => (kept == null ? null : withoutConnection(completePlan(kept as Plan)))

const ended = (status: Enrichment['status']): Row =>
  status === 'PENDING' ? { status: 'SKIPPED', note: 'It was not there yet when the run was exported' } : { status }
