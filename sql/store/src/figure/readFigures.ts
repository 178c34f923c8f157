import type { FigureName, RunFigures } from '@flakebench/contract'
import { json, text } from '../client/columns.ts'
import type { SqlClient } from '../client/sqlClient.ts'

/** These figures of these runs, by run id; what was never made is absent. */
export const readFigures = async (
  db: SqlClient,
  runIds: readonly string[],
  names: readonly FigureName[],
): Promise<Map<string, Partial<RunFigures>>> => {
  const found = new Map<string, Partial<RunFigures>>()
  if (runIds.length === 0 || names.length === 0) return found
  const marks = (all: readonly string[]): string => all.map(() => '?').join(', ')
  const rows = await db.query(
    `SELECT run_id, figure, content FROM run_figures WHERE run_id IN (${marks(runIds)}) AND figure IN (${marks(names)})`,
    [...runIds, ...names],
  )
  for (const row of rows) {
    const runId = text(row, 'run_id')
    found.set(runId, { ...found.get(runId), [text(row, 'figure')]: json(row, 'content') })
  }
  return found
}
