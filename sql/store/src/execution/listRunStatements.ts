import type { RunStatement } from '@flakebench/contract'
import { number, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** A run's statements, by operation index; none before its first worker was ready. */
export const listRunStatements = async (db: SqlClient, runId: string): Promise<RunStatement[]> => {
  const rows = await db.query(
    `SELECT operation_index, query_kind, label, operation_type, statement_text FROM run_statements WHERE run_id = ? ORDER BY operation_index`,
    [runId],
  )
  return rows.map(row => ({
    operationIndex: number(row, 'operation_index'),
    kind: text(row, 'query_kind') as RunStatement['kind'],
    label: text(row, 'label'),
    operationType: text(row, 'operation_type') as RunStatement['operationType'],
    sql: text(row, 'statement_text'),
  }))
}
