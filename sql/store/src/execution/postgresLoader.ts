import type { Buffer } from 'node:buffer'
import { pipeline } from 'node:stream/promises'
import type { Execution } from '@flakebench/contract'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { ControlDatabaseOptions } from '../client/controlDatabaseOptions.ts'
import { isDuplicateKey } from '../client/duplicateKey.ts'
import { numberPlaceholders } from '../client/placeholders.ts'
import { isRetryable, refusePostgres } from '../client/postgresFailure.ts'
import { sessionSettings } from '../client/postgresSession.ts'
import { type Bind, ControlDatabaseUnavailable } from '../client/sqlClient.ts'
import { COPY_HEADER, COPY_TRAILER, copyEncoder } from './encodeCopyBinary.ts'
import { EXECUTION_COLUMNS } from './executionColumns.ts'
import type { ExecutionLoader } from './executionLoader.ts'
import { KEEP_FILE, keepBinds, LOOK_FOR_FILE, lookBinds } from './spoolFileRow.ts'

const COPY = `COPY query_executions (${EXECUTION_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`
/** Between two statements of a load little is waited for; whoever is frozen between the last two keeps the file from others. */
const IDLE_IN_TRANSACTION_MS = 30_000
/** How long the end of another loader is waited for that has the same file. */
const LOCK_TIMEOUT_MS = 30_000

type Options = ControlDatabaseOptions & { readonly statementTimeoutMs: number }

/**
 * Into PostgreSQL, by COPY in its binary form. That a file is loaded whole and once rests on one transaction that holds its rows and its row in
 * SPOOL_FILES, whose primary key admits one; the epoch is looked at before the first row and with the last statement. What a killed loader leaves is a
 * transaction that the server undoes at once.
 */
export const postgresLoader = (options: Options): ExecutionLoader => {
  let open: pg.Client | null = null
  const session = async (): Promise<pg.Client> => {
    if (open !== null) return open
    const client = new pg.Client(sessionSettings(options, IDLE_IN_TRANSACTION_MS))
    // ⚠ Unheard, the event of a session that breaks would end our process. Its statements fail as well.
    client.on('error', () => undefined)
    await client.connect()
    open = client
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`)
    return client
  }
  const end = async (): Promise<void> => {
    const client = open
    open = null
    await client?.end().catch(() => undefined)
  }
  return {
    load: async (file, epoch, rows, summarise) => {
      try {
        const client = await session()
        const [seen] = (await send(client, LOOK_FOR_FILE, lookBinds(file, epoch))).rows as { readonly files: unknown }[]
        if (seen === undefined) return 'SUPERSEDED'
        if (Number(seen.files) > 0) return 'THERE'
        await client.query('BEGIN')
        const copied = await copyRows(client, file.runId, rows)
        const { rowCount } = await send(client, KEEP_FILE, keepBinds(file, epoch, copied, summarise()))
        const isOurs = rowCount === 1
        await client.query(isOurs ? 'COMMIT' : 'ROLLBACK')
        return isOurs ? 'LOADED' : 'SUPERSEDED'
      } catch (error) {
        // The server undoes what is open in it; where it does not answer, nobody waits for that.
        void end()
        if (isDuplicateKey(error)) return 'THERE'
        if (isRetryable(error)) throw new ControlDatabaseUnavailable('another loader is at the same file', { cause: error }, true)
        return refusePostgres(error)
      }
    },
    close: end,
  }
}

const send = (client: pg.Client, sql: string, binds: readonly Bind[]): Promise<pg.QueryResult> =>
  client.query(numberPlaceholders(sql), binds as Bind[])

/** @returns how many */
const copyRows = async (client: pg.Client, runId: string, rows: AsyncIterable<readonly Execution[]>): Promise<number> => {
  const copy = client.query(copyFrom(COPY))
  await pipeline(encode(runId, rows), copy)
  return copy.rowCount
}

async function* encode(runId: string, rows: AsyncIterable<readonly Execution[]>): AsyncGenerator<Buffer> {
  const encoder = copyEncoder(runId)
  yield COPY_HEADER
  for await (const batch of rows) yield* encoder(batch)
  yield COPY_TRAILER
}
