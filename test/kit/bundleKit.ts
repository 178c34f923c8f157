import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startHistograms } from '@flakebench/contract'
import { type Row, RUN_TABLES, readRunRows, type SqlClient } from '@flakebench/store'
import { openRunExports, type RunExports, type RunExportsOptions } from '../../server/src/exports/runExports.ts'
import { logTo } from '../../server/src/log.ts'
import { freshControlDatabase } from './controlDatabase.ts'
import { readRunNow } from './storedRun.ts'
import { storeWholeRun } from './wholeStoredRun.ts'

const silent = logTo({ write: () => true } as unknown as NodeJS.WritableStream)

/** A run that is over in one control database, another one that has none, and a folder for what goes from one to the other. */
export interface BundleKit {
  readonly home: string
  readonly here: SqlClient
  readonly runId: string
  exportsOf(db: SqlClient, options?: Partial<RunExportsOptions>): RunExports
  /** The other control database, without any run. */
  emptied(): Promise<SqlClient>
  /** The run, packed. */
  bundle(withExecutions: boolean): Promise<Buffer>
  written(made: Promise<{ readonly url: string }>): Promise<Buffer>
  /** As POST /bundles leaves it. */
  send(bundle: Buffer): string
  close(): Promise<void>
}

export const openBundleKit = async (): Promise<BundleKit> => {
  await startHistograms()
  const home = mkdtempSync('/tmp/flakebench-exports-')
  const [here, there] = [await freshControlDatabase(), await freshControlDatabase()]
  const runId = await storeWholeRun(here.db)
  const opened: RunExports[] = []
  let sent = 0
  const kit: BundleKit = {
    home,
    here: here.db,
    runId,
    exportsOf: (db, options) => {
      const one = openRunExports({ db, home, log: silent, publish: () => undefined, ...options })
      opened.push(one)
      return one
    },
    emptied: async () => {
      for (const { name } of RUN_TABLES) await there.db.execute(`DELETE FROM ${name}`)
      return there.db
    },
    bundle: async withExecutions =>
      kit.written(kit.exportsOf(here.db).exportRun(await readRunNow(here.db, runId), 'BUNDLE', withExecutions)),
    written: async made => readFileSync(join(home, (await made).url)),
    send: bundle => {
      sent += 1
      const id = `bundle-${sent}`.padEnd(32, 'x')
      writeFileSync(join(home, 'bundles', id), bundle)
      return id
    },
    close: async () => {
      for (const one of opened) one.close()
      rmSync(home, { recursive: true, force: true })
      await here.drop()
      await there.drop()
    },
  }
  return kit
}

/** All of a run, by table. */
export const rowsOf = async (db: SqlClient, id: string): Promise<Readonly<Record<string, readonly Row[]>>> => {
  const found: Record<string, readonly Row[]> = {}
  for (const table of RUN_TABLES) {
    const rows: Row[] = []
    for await (const portion of readRunRows(db, table, id)) rows.push(...portion)
    found[table.name] = rows
  }
  return found
}
