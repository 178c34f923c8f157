import { fingerprintOf, type Plan } from '@flakebench/contract'
import { momentBind } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'
import { USED_UNTIL } from '../template/savedTemplate.ts'

export interface InsertRunOptions {
  /** The run whose settings it takes once more. */
  readonly rerunOf?: string | null
  /** The plan must be of the version that its template has now. */
  readonly ofNewestVersion?: boolean
}

/** The plan is of a version that its template has no more. */
export class TemplateChanged extends Error {
  override readonly name = 'TemplateChanged'
}

/**
 * Creates a run as PREPARED: its row of RUN_STATUS and its parent row of TEST_RESULTS, and counts the use of the template and of its version, all or
 * nothing. The run's number is its template's new usage count.
 * @throws TemplateChanged when the plan is to be of the newest version, and the template was changed meanwhile
 */
export const insertRun = (
  db: SqlClient,
  runId: string,
  name: string,
  plan: Plan,
  { rerunOf = null, ofNewestVersion = false }: InsertRunOptions = {},
): Promise<void> =>
  db.transaction(async tx => {
    const counted = await tx.execute(
      `UPDATE test_templates
       SET usage_count = usage_count + 1, last_used_at = CURRENT_TIMESTAMP, used_version = GREATEST(COALESCE(${USED_UNTIL}, 0), ?)
       WHERE template_id = ?${ofNewestVersion ? ' AND version = ?' : ''}`,
      [plan.templateVersion, plan.templateId, ...(ofNewestVersion ? [plan.templateVersion] : [])],
    )
    if (counted === 0) {
      const [template] = await tx.query('SELECT version FROM test_templates WHERE template_id = ?', [plan.templateId])
      if (template === undefined) throw new Error(`template ${plan.templateId} does not exist`)
      throw new TemplateChanged(`template ${plan.templateId} has another version than ${plan.templateVersion} by now`)
    }
    await tx.execute(
      `INSERT INTO run_status (run_id, test_id, template_id, template_version, run_number, test_name, scenario_config, status, phase,
         total_workers_expected)
       SELECT ?, ?, template_id, ?, usage_count, ?, PARSE_JSON(?), 'PREPARED', 'PREPARING', ?
       FROM test_templates WHERE template_id = ?`,
      [runId, runId, plan.templateVersion, name, JSON.stringify(plan), plan.workerCount, plan.templateId],
    )
    await tx.execute(
      `INSERT INTO test_results (test_id, run_id, test_name, template_id, table_type, table_name, warehouse, warehouse_size, load_mode, scaling_mode,
         worker_count, target_connections, status, start_time, fingerprint, rerun_of, test_config)
       SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'PREPARED', CAST(? AS TIMESTAMP_NTZ), ?, ?, PARSE_JSON(?)`,
      [
        runId,
        runId,
        name,
        plan.templateId,
        plan.target.tableType,
        `${plan.target.schema}.${plan.target.table}`,
        plan.target.warehouse,
        plan.target.warehouseSize,
        plan.load.mode,
        plan.scaling.mode,
        plan.workerCount,
        plan.targetConnections,
        momentBind(null),
        fingerprintOf(plan),
        rerunOf,
        JSON.stringify(plan),
      ],
    )
  })
