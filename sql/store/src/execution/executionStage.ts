import { ControlDatabaseUnavailable, type SqlClient } from '../client/sqlClient.ts'
import { SnowflakeFailure } from '../snowflake/failure.ts'
import { CSV_FORMAT } from './encodeCsv.ts'

/** The file goes to a cloud's storage, not to Snowflake: what fails there may work the next time. @throws ControlDatabaseUnavailable */
export const putOnStage = async (db: SqlClient, path: string, stagePath: string): Promise<void> => {
  const local = path.replaceAll('\\', '/').replaceAll("'", "\\'")
  const put = `PUT 'file://${local}' ${stagePath} AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = GZIP OVERWRITE = TRUE`
  const [row] = await db.query(put).catch((error: unknown) => {
    if (!(error instanceof SnowflakeFailure && error.kind === 'CLIENT')) throw error
    throw new ControlDatabaseUnavailable(`the stage does not take executions: ${error.message}`, { cause: error })
  })
  if (row?.['status'] === 'UPLOADED') return
  const words = [row?.['status'], row?.['message']].filter(word => typeof word === 'string' && word !== '').join(' ')
  throw new ControlDatabaseUnavailable(`the stage does not take executions: ${words || 'no answer'}`, {})
}

/** Rows of QUERY_EXECUTIONS from a compressed CSV file on the stage, whose fields are these columns. @throws Error unless they are `count` */
export const copyFromStage = async (tx: SqlClient, path: string, columns: readonly string[], count: number): Promise<void> => {
  const rows = await tx.query(
    `COPY INTO query_executions (${columns.join(', ')}) FROM (SELECT ${columns.map((_, at) => `$${at + 1}`).join(', ')} FROM ${path})
     FILE_FORMAT = (${CSV_FORMAT}) ON_ERROR = ABORT_STATEMENT`,
  )
  const loaded = rows.reduce((sum, row) => sum + Number(row['rows_loaded'] ?? 0), 0)
  if (loaded !== count) throw new Error(`${loaded} of ${count} executions were loaded from the stage: load them again`)
}
