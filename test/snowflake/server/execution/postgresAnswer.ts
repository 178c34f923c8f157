import type { BackendResult } from '../sessions/backend.ts'
import { swapCase } from '../sql/translation.ts'
import type { Answer } from '../wire/answer.ts'
import type { Encoder } from '../wire/encodeValue.ts'
import { column, encoderOf, postgresColumn, type RowtypeColumn } from '../wire/rowtype.ts'
import type { Plan } from './translations.ts'

const INSERTED = column('number of rows inserted', 'fixed')
const UPDATED = column('number of rows updated', 'fixed')
const MULTI_JOINED = column('number of multi-joined rows updated', 'fixed')
const DELETED = column('number of rows deleted', 'fixed')

const DML_COLUMNS = {
  INSERT: [INSERTED],
  UPDATE: [UPDATED, MULTI_JOINED],
  DELETE: [DELETED],
  MERGE: [INSERTED, UPDATED],
} as const
const MERGE_WITH_DELETE = [INSERTED, UPDATED, DELETED]

/** One row of counts, which the driver adds up: `getNumUpdatedRows`. */
export const dmlAnswer = (kind: keyof typeof DML_COLUMNS, results: readonly BackendResult[], statementTypeId: number): Answer => {
  let changed = 0
  for (const result of results) changed += result.rowCount ?? 0
  if (kind === 'MERGE') return mergeAnswer(results, changed, statementTypeId)
  const columns = DML_COLUMNS[kind]
  const row = columns.map((_, at) => (at === 0 ? String(changed) : '0'))
  return { columns, rows: [row], statementTypeId, rowsProduced: changed }
}

/** A MERGE for PostgreSQL tells by `RETURNING merge_action()` what it did with each row; without that all count as inserted. */
const mergeAnswer = (results: readonly BackendResult[], changed: number, statementTypeId: number): Answer => {
  const counts: Record<string, number> = { INSERT: 0, UPDATE: 0, DELETE: 0 }
  for (const result of results) {
    for (const [action] of result.rows) if (action !== null && action !== undefined) counts[action] = (counts[action] ?? 0) + 1
  }
  if (results.every(result => result.rows.length === 0)) counts['INSERT'] = changed
  const { INSERT: inserted = 0, UPDATE: updated = 0, DELETE: deleted = 0 } = counts
  const columns = deleted > 0 ? MERGE_WITH_DELETE : DML_COLUMNS.MERGE
  const row = [inserted, updated, deleted].slice(0, columns.length).map(String)
  return { columns, rows: [row], statementTypeId, rowsProduced: changed }
}

/**
 * Rows as PostgreSQL returned them, in Snowflake's types, texts and names. The rows are changed in place.
 *
 * @param plan keeps the columns, unless they depend on the rows
 * @param keepsNames as SHOW does: names are in lower case on both sides
 */
export const rowsAnswer = (
  result: BackendResult | null,
  plan: Pick<Plan, 'columns'> | null,
  keepsNames: boolean,
  statementTypeId: number,
): Answer => {
  if (result === null) return { columns: [], rows: [], statementTypeId }
  const { fields, rows } = result
  const columns = columnsOf(result, plan, keepsNames)
  encodeRows(rows, fields.map(encoderOf))
  return { columns, rows, statementTypeId, rowsProduced: rows.length }
}

const columnsOf = ({ fields, rows }: BackendResult, plan: Pick<Plan, 'columns'> | null, keepsNames: boolean): readonly RowtypeColumn[] => {
  const known = plan?.columns
  if (known !== null && known !== undefined && known.length === fields.length) return known
  const columns = fields.map((field, at) => postgresColumn(field, keepsNames ? field.name : swapCase(field.name), rows, at))
  if (plan !== null && !fields.some(field => field.dataTypeID === 1700 && field.dataTypeModifier < 4)) plan.columns = columns
  return columns
}

const encodeRows = (rows: (string | null)[][], encoders: readonly Encoder[]): void => {
  for (const [at, encode] of encoders.entries()) {
    if (encode === null) continue
    for (const row of rows) {
      const text = row[at]
      if (text !== null && text !== undefined) row[at] = encode(text)
    }
  }
}
