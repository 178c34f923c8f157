import type { RunStatement } from '@flakebench/contract'
import { textBinds } from '../client/columns.ts'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** Keeps a run's statements; those that are there already, or that somebody else keeps at the same moment, are left as they are. */
export const insertRunStatements = async (db: SqlClient, runId: string, statements: readonly RunStatement[]): Promise<void> => {
  if (statements.length === 0) return
  try {
    await db.execute(
      `INSERT INTO run_statements (run_id, operation_index, query_kind, label, operation_type, statement_text)
       SELECT v.run_id, CAST(v.operation_index AS INTEGER), v.query_kind, v.label, v.operation_type, v.statement_text
       FROM (VALUES ${statements.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')})
         AS v (run_id, operation_index, query_kind, label, operation_type, statement_text)
       LEFT JOIN run_statements k ON k.run_id = v.run_id AND k.operation_index = CAST(v.operation_index AS INTEGER)
       WHERE k.run_id IS NULL`,
      textBinds(statements.flatMap(one => [runId, one.operationIndex, one.kind, one.label, one.operationType, one.sql])),
    )
  } catch (error) {
    // All workers of a run have the same statements: whoever was faster has kept them all.
    if (!isDuplicateKey(error)) throw error
  }
}
