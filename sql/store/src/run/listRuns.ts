import type { RunRecord } from '@flakebench/contract'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { FROM_RUNS, type RunListing, whereOf } from './runListing.ts'
import { RUN_COLUMNS, toRunRecord } from './runRecord.ts'
import { type RunPosition, type RunSort, sortedPage } from './runSort.ts'

const NEWEST_FIRST: RunSort = { field: 'CREATED', direction: 'DESC' }

export interface RunInList {
  readonly run: RunRecord
  /** With which the runs after it are asked for. */
  readonly position: RunPosition
}

/**
 * A page of runs in the order of `sort`: at most `limit` that come after the position, or the first ones.
 * @throws RangeError for a position of another sort
 */
export const listSortedRuns = async (
  db: SqlClient,
  listing: RunListing,
  sort: RunSort,
  limit: number,
  position: RunPosition | null,
): Promise<RunInList[]> => {
  const { where, binds } = whereOf(listing)
  const page = sortedPage(sort, position)
  const rows = await db.query(
    `SELECT ${RUN_COLUMNS}, ${page.column} ${FROM_RUNS} WHERE ${where} ${page.after} ORDER BY ${page.orderBy} LIMIT ${Math.trunc(limit)}`,
    [...binds, ...page.binds],
  )
  return rows.map(row => {
    const run = toRunRecord(row)
    return { run, position: { value: sortValueOf(row), id: run.id } }
  })
}

const sortValueOf = (row: Row): string | number | null => (row['sort_value'] ?? null) as string | number | null

/** Runs, newest first: run ids sort by creation, so the id of the last run read is the cursor to the next page. */
export const listRuns = async (db: SqlClient, listing: RunListing, limit: number, beforeId: string | null = null): Promise<RunRecord[]> => {
  const position = beforeId === null ? null : { value: null, id: beforeId }
  return (await listSortedRuns(db, listing, NEWEST_FIRST, limit, position)).map(({ run }) => run)
}

export const countRuns = async (db: SqlClient, listing: RunListing): Promise<number> => {
  const { where, binds } = whereOf(listing)
  const [row] = await db.query(`SELECT COUNT(*) AS n ${FROM_RUNS} WHERE ${where}`, binds)
  return Number(row?.['n'] ?? 0)
}
