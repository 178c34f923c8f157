import type { FigureName, RunFigures } from '@flakebench/contract'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import { type SqlClient, StaleEpoch } from '../client/sqlClient.ts'

const FENCE = 'AND EXISTS (SELECT 1 FROM run_status WHERE run_id = ? AND orchestrator_epoch = ?)'

/**
 * Keeps a figure of a run, in place of the one that is there.
 * @param epoch null: the run is over, and nobody's
 * @throws StaleEpoch when the run is no longer owned under `epoch`
 */
export const putFigure = async <N extends FigureName>(
  db: SqlClient,
  runId: string,
  epoch: number | null,
  name: N,
  content: RunFigures[N],
): Promise<void> => {
  const fence = epoch === null ? { sql: '', binds: [] } : { sql: FENCE, binds: [runId, epoch] }
  const document = JSON.stringify(content)
  const update = (): Promise<number> =>
    db.execute(`UPDATE run_figures SET content = PARSE_JSON(?), made_at = CURRENT_TIMESTAMP WHERE run_id = ? AND figure = ? ${fence.sql}`, [
      document,
      runId,
      name,
      ...fence.binds,
    ])
  if ((await update()) > 0) return
  if ((await insert(db, { runId, name, document, fence })) > 0 || (await update()) > 0) return
  if (epoch !== null) throw new StaleEpoch(runId, epoch)
}

interface NewFigure {
  readonly runId: string
  readonly name: FigureName
  readonly document: string
  readonly fence: { readonly sql: string; readonly binds: readonly (string | number)[] }
}

/** @returns 0 under an old epoch, or when somebody else was faster */
const insert = async (db: SqlClient, { runId, name, document, fence }: NewFigure): Promise<number> => {
  try {
    return await db.execute(
      `INSERT INTO run_figures (run_id, figure, content)
       SELECT r.run_id, CAST(? AS VARCHAR), PARSE_JSON(?) FROM run_status AS r
       WHERE r.run_id = ? AND NOT EXISTS (SELECT 1 FROM run_figures WHERE run_id = ? AND figure = ?) ${fence.sql}`,
      [name, document, runId, runId, name, ...fence.binds],
    )
  } catch (error) {
    if (isDuplicateKey(error)) return 0
    throw error
  }
}
