import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Execution } from '@flakebench/contract'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import { ControlDatabaseUnavailable, type SqlClient } from '../client/sqlClient.ts'
import { csvLines } from './encodeCsv.ts'
import { EXECUTION_COLUMNS } from './executionColumns.ts'
import type { ExecutionLoader, LoadOutcome, SpoolFileKey } from './executionLoader.ts'
import { copyFromStage, putOnStage } from './executionStage.ts'
import { makeScratchFolder } from './scratchFolder.ts'
import { KEEP_FILE, keepBinds, LOOK_FOR_FILE, lookBinds } from './spoolFileRow.ts'

/** Fast: the network and the warehouse wait for it. */
const GZIP_LEVEL = 1

/**
 * Into Snowflake: a compressed CSV file in the temporary folder, PUT to the stage, COPY INTO, REMOVE. That a file is loaded whole and once rests on one
 * transaction of two statements, which COPY INTO takes part in as any other DML does: the rows, and the row in SPOOL_FILES, a hybrid table, whose primary
 * key is enforced and admits one, written only under the run's epoch. What was staged has a path of its own with each try: two loaders never write the
 * same one, that files are loaded once by their names is neither needed nor in the way, and what a killed loader has left there is never loaded but
 * removed when the file is known to be in the table.
 *
 * Snowflake does not notice that a session's process is gone: one that was killed between the last statement and the commit, which is a matter of
 * milliseconds, keeps others from this file until Snowflake undoes its transaction, five minutes later (Snowflake's documentation of hybrid tables).
 * They wait for that.
 */
export const snowflakeLoader = (db: SqlClient): ExecutionLoader => ({
  load: async (file, epoch, rows, summarise) => {
    const seen = await lookAt(db, file, epoch)
    if (seen === 'SUPERSEDED') return seen
    if (seen === 'THERE') return await cleared(db, file, seen)
    const folder = await makeScratchFolder()
    try {
      const name = `${randomBytes(8).toString('hex')}.csv.gz`
      const path = join(folder, name)
      const count = await writeCsv(path, file.runId, rows)
      const summary = summarise()
      // Of no row there is no file to be read.
      if (count > 0) await putOnStage(db, path, stagePath(file))
      const outcome = await db
        .transaction(async (tx): Promise<LoadOutcome> => {
          if (count > 0) await copyFromStage(tx, `${stagePath(file)}${name}`, EXECUTION_COLUMNS, count)
          if ((await tx.execute(KEEP_FILE, keepBinds(file, epoch, count, summary))) === 0) throw new Superseded()
          return 'LOADED'
        })
        .catch(async (error: unknown): Promise<LoadOutcome> => {
          if (error instanceof Superseded) return 'SUPERSEDED'
          if (isDuplicateKey(error)) return 'THERE'
          // Another loader was faster, and has removed what we had staged.
          const seenNow = error instanceof ControlDatabaseUnavailable ? null : await lookAt(db, file, epoch)
          if (seenNow === null) throw error
          return seenNow
        })
      return await cleared(db, file, outcome)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  close: () => db.close(),
})

/** Undoes the transaction that it is thrown in. */
class Superseded extends Error {}

/** Null: it is to be loaded. */
const lookAt = async (db: SqlClient, file: SpoolFileKey, epoch: number): Promise<LoadOutcome | null> => {
  const [row] = await db.query(LOOK_FOR_FILE, lookBinds(file, epoch))
  if (row === undefined) return 'SUPERSEDED'
  return row['files'] === 0 ? null : 'THERE'
}

/** @returns how many */
const writeCsv = async (path: string, runId: string, rows: AsyncIterable<readonly Execution[]>): Promise<number> => {
  let count = 0
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of rows) {
      count += batch.length
      yield csvLines(runId, batch)
    }
  }
  await pipeline(lines(), createGzip({ level: GZIP_LEVEL }), createWriteStream(path))
  return count
}

/** Ends with a slash. What is not fit for a path without quotes is replaced. */
const stagePath = ({ runId, workerId, attempt, fileNumber }: SpoolFileKey): string =>
  `@executions/${[runId, `${workerId}.${attempt}`, fileNumber].map(part => String(part).replaceAll(/[^\w.-]/g, '_')).join('/')}/`

/** Nothing of the file is left on the stage, whoever had put it there. */
const cleared = async (db: SqlClient, file: SpoolFileKey, outcome: LoadOutcome): Promise<LoadOutcome> => {
  if (outcome !== 'SUPERSEDED') await db.query(`REMOVE ${stagePath(file)}`)
  return outcome
}
