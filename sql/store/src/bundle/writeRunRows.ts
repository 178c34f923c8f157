import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Row, SqlClient } from '../client/sqlClient.ts'
import { copyFromStage, putOnStage } from '../execution/executionStage.ts'
import { makeScratchFolder } from '../execution/scratchFolder.ts'
import { type ImportClaim, underClaim } from './claimImport.ts'
import { insertRunRows } from './insertRunRows.ts'
import { EXECUTIONS_TABLE, type RunTable } from './runTables.ts'
import { tableShape } from './tableShape.ts'

/** Writes rows of a run that is brought in, in the order in which they come, so many at a time. */
export interface RunRowWriter {
  /** @throws ImportClaimLost */
  add(table: RunTable, row: Row): Promise<void>
  end(): Promise<void>
}

const ROWS_A_STATEMENT = 500
/** On Snowflake, where an INSERT of hundreds of rows takes a second, executions go by way of the stage: in some seconds for each file, whatever is in it. */
const ROWS_A_FILE = 50_000

export const runRowWriter = (db: SqlClient, claim: ImportClaim): RunRowWriter => {
  let table: RunTable | null = null
  let waiting: Row[] = []
  const flush = async (): Promise<void> => {
    const [into, rows] = [table, waiting]
    waiting = []
    if (into === null || rows.length === 0) return
    if (isStaged(db, into)) await copyExecutions(db, claim, rows)
    else await underClaim(db, claim, tx => insertRunRows(tx, into, rows))
  }
  return {
    add: async (of, row) => {
      const most = isStaged(db, of) ? ROWS_A_FILE : Math.min(ROWS_A_STATEMENT, of.portion)
      if (of !== table || waiting.length >= most) await flush()
      table = of
      waiting.push(row)
    },
    end: flush,
  }
}

const isStaged = (db: SqlClient, table: RunTable): boolean => db.engine === 'snowflake' && table === EXECUTIONS_TABLE

const packed = promisify(gzip)

const copyExecutions = async (db: SqlClient, claim: ImportClaim, rows: readonly Row[]): Promise<void> => {
  const folder = await makeScratchFolder()
  const name = `${randomBytes(8).toString('hex')}.csv.gz`
  const stagePath = `@executions/bundles/${claim.runId}/${claim.claimId}/`
  const columns = tableShape(EXECUTIONS_TABLE.name).map(column => column.name)
  try {
    const path = join(folder, name)
    await writeFile(path, await packed(rows.map(row => lineOf(columns, row)).join(''), { level: 1 }))
    await putOnStage(db, path, stagePath)
    await underClaim(db, claim, tx => copyFromStage(tx, `${stagePath}${name}`, columns, rows.length))
    await db.query(`REMOVE ${stagePath}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As CSV_FORMAT says: what is empty and not enclosed is NULL. */
const lineOf = (columns: readonly string[], row: Row): string => `${columns.map(column => cellOf(row[column] ?? null)).join(',')}\n`

const cellOf = (value: unknown): string => {
  if (value === null) return ''
  return typeof value === 'string' ? `"${value.replaceAll('\0', '').replaceAll('"', '""')}"` : String(value)
}
