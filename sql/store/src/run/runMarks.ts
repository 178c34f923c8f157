import { completePlan, fingerprintOf, type Plan } from '@flakebench/contract'
import { flag, json, numberOrNull, text, textOrNull, wordsBind } from '../client/columns.ts'
import type { Bind, SqlClient } from '../client/sqlClient.ts'
import { AT_REST } from './atRest.ts'

/** What people have noted of a run, and where it comes from: of its parent row of TEST_RESULTS. */
export interface RunMarks {
  readonly tags: readonly string[]
  readonly annotation: string | null
  readonly isBaseline: boolean
  readonly deletedAtMs: number | null
  /** Null: it ran here. */
  readonly importedAtMs: number | null
  /** Null: of a run from before they were kept; reckon it. */
  readonly fingerprint: string | null
  readonly rerunOf: string | null
}

/** By run id; an unknown one is absent. */
export const readRunMarks = async (db: SqlClient, runIds: readonly string[]): Promise<Map<string, RunMarks>> => {
  if (runIds.length === 0) return new Map()
  const rows = await db.query(
    `SELECT test_id, tags, notes, pinned, deleted_at, imported_at, fingerprint, rerun_of FROM test_results
     WHERE test_id IN (${runIds.map(() => '?').join(', ')})`,
    runIds,
  )
  return new Map(
    rows.map(row => [
      text(row, 'test_id'),
      {
        tags: json<string[] | null>(row, 'tags') ?? [],
        annotation: textOrNull(row, 'notes'),
        isBaseline: flag(row, 'pinned'),
        deletedAtMs: numberOrNull(row, 'deleted_at'),
        importedAtMs: numberOrNull(row, 'imported_at'),
        fingerprint: textOrNull(row, 'fingerprint'),
        rerunOf: textOrNull(row, 'rerun_of'),
      },
    ]),
  )
}

export const MOST_ANNOTATION = 4_000

export interface MarkChange {
  readonly tags?: readonly string[]
  /** Null: none any more. */
  readonly annotation?: string | null
  readonly isBaseline?: boolean
}

/** What is left out stays as it is. A run at rest counts as changed by it, so that whoever watches runs hears of it. False for an unknown run. */
export const putRunMarks = async (db: SqlClient, runId: string, { tags, annotation, isBaseline }: MarkChange): Promise<boolean> => {
  const set = ['updated_at = CURRENT_TIMESTAMP']
  const binds: Bind[] = []
  if (tags !== undefined) {
    set.push('tags = PARSE_JSON(?)')
    binds.push(JSON.stringify(tags))
  }
  if (annotation !== undefined) {
    set.push('notes = ?')
    binds.push(wordsBind(annotation, MOST_ANNOTATION))
  }
  if (isBaseline !== undefined) set.push(`pinned = ${isBaseline ? 'TRUE' : 'FALSE'}`)
  return await db.transaction(async tx => {
    await tx.execute(`UPDATE run_status SET version = version + 1, updated_at = CURRENT_TIMESTAMP WHERE run_id = ? AND ${AT_REST}`, [runId])
    return (await tx.execute(`UPDATE test_results SET ${set.join(', ')} WHERE test_id = ?`, [...binds, runId])) > 0
  })
}

/** How many runs have each tag; deleted ones are not counted. */
export const countTags = async (db: SqlClient): Promise<Readonly<Record<string, number>>> => {
  const rows = await db.query('SELECT tags FROM test_results WHERE worker_id IS NULL AND deleted_at IS NULL AND tags IS NOT NULL')
  const counts = new Map<string, number>()
  for (const row of rows) for (const tag of json<string[]>(row, 'tags')) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return Object.fromEntries(counts)
}

/** That runs have had, in the order of the alphabet. */
export const listWarehouseSizes = async (db: SqlClient): Promise<string[]> =>
  (
    await db.query(
      `SELECT DISTINCT warehouse_size FROM test_results
       WHERE worker_id IS NULL AND deleted_at IS NULL AND warehouse_size IS NOT NULL ORDER BY warehouse_size`,
    )
  ).map(row => text(row, 'warehouse_size'))

const PORTION = 200

/** Keeps the fingerprints of runs from before they were, so that runs can be found by them. */
export const keepFingerprints = async (db: SqlClient): Promise<void> => {
  for (;;) {
    const rows = await db.query(
      `SELECT r.run_id, r.scenario_config FROM test_results t JOIN run_status r ON r.run_id = t.test_id
       WHERE t.fingerprint IS NULL AND t.worker_id IS NULL ORDER BY r.run_id LIMIT ${PORTION}`,
    )
    for (const row of rows) {
      const fingerprint = fingerprintOf(completePlan(json<Plan>(row, 'scenario_config')))
      await db.execute('UPDATE test_results SET fingerprint = ? WHERE test_id = ?', [fingerprint, text(row, 'run_id')])
    }
    if (rows.length < PORTION) return
  }
}
