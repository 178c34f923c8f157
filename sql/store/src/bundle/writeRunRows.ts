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
/** Executions, which may be millions, go by COPY. Well within the time that a statement has. */
const EXECUTIONS_A_COPY = 10_000
/** On Snowflake, where an INSERT of hundreds of rows takes a second, by way of the stage: in some seconds for each file, whatever is in it. */
const EXECUTIONS_A_FILE = 50_000

export const runRowWriter = (db: SqlClient, claim: ImportClaim): RunRowWriter => {
  let table: RunTable | null = null
  let waiting: Row[] = []
  const isStaged = db.engine === 'snowflake'
  const flush = async (): Promise<void> => {
    const [into, rows] = [table, waiting]
    waiting = []
    if (into === null || rows.length === 0) return
    if (into !== EXECUTIONS_TABLE) await underClaim(db, claim, tx => insertRunRows(tx, into, rows))
    else
      await (isStaged
        ? copyFromFile(db, claim, csvOf(rows), rows.length)
        : underClaim(db, claim, tx => copyDirectly(tx, csvOf(rows), rows.length)))
  }
  return {
    add: async (of, row) => {
      const most = of === EXECUTIONS_TABLE ? (isStaged ? EXECUTIONS_A_FILE : EXECUTIONS_A_COPY) : Math.min(ROWS_A_STATEMENT, of.portion)
      if (of !== table || waiting.length >= most) await flush()
      table = of
      waiting.push(row)
    },
    end: flush,
  }
}

const columnsOf = (): string[] => tableShape(EXECUTIONS_TABLE.name).map(column => column.name)

/** @throws Error unless they are `count` */
const copyDirectly = async (tx: SqlClient, csv: string, count: number): Promise<void> => {
  const copied = await tx.copyIn?.(`COPY ${EXECUTIONS_TABLE.name} (${columnsOf().join(', ')}) FROM STDIN (FORMAT csv)`, csv)
  if (copied !== count) throw new Error(`${copied} of ${count} executions were copied`)
}

const packed = promisify(gzip)

const copyFromFile = async (db: SqlClient, claim: ImportClaim, csv: string, count: number): Promise<void> => {
  const folder = await makeScratchFolder()
  const name = `${randomBytes(8).toString('hex')}.csv.gz`
  const stagePath = `@executions/bundles/${claim.runId}/${claim.claimId}/`
  try {
    const path = join(folder, name)
    await writeFile(path, await packed(csv, { level: 1 }))
    await putOnStage(db, path, stagePath)
    await underClaim(db, claim, tx => copyFromStage(tx, `${stagePath}${name}`, columnsOf(), count))
    await db.query(`REMOVE ${stagePath}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As both engines read it, on Snowflake by CSV_FORMAT: what is empty and not enclosed is NULL. */
const csvOf = (rows: readonly Row[]): string => {
  const columns = columnsOf()
  return rows.map(row => `${columns.map(column => cellOf(row[column] ?? null)).join(',')}\n`).join('')
}

const cellOf = (value: unknown): string => {
  if (value === null) return ''
  return typeof value === 'string' ? `"${value.replaceAll('\0', '').replaceAll('"', '""')}"` : String(value)
}
