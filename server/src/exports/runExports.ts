import { mkdirSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isTerminal, type RunRecord } from '@flakebench/contract'
import { keepFingerprints, type RunListing, type RunSort, type SqlClient } from '@flakebench/store'
import { figuresOf } from '../figures/figuresOf.ts'
import type { Log } from '../log.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import { bundleLines } from './bundle.ts'
import { LEAST_FREE, NoRoom, type RoomLimits, type RoomWatch, watchRoom } from './diskRoom.ts'
import { ALL_BY_END, type ExecutionChoice, executionsCsv } from './executions.ts'
import { type ExportedFile, type ExportFormat, fileNameOf, sweepFolder, type TextPieces, writeExport } from './exportFile.ts'
import { importBundle } from './importBundle.ts'
import { intervalsCsv } from './intervals.ts'
import { runJson } from './runJson.ts'
import { runListCsv, runListJson } from './runList.ts'

/** Runs that leave this installation as files, and runs that come from another one. */
export interface RunExports {
  /** Where files are served from. */
  readonly folder: string
  /** Where bundles are kept from when they were sent until they are brought in. */
  readonly bundleFolder: string
  /** @param chosen of the executions in a CSV; null: all, as they ended */
  exportRun(run: RunRecord, format: ExportFormat, withExecutions: boolean, chosen?: ExecutionChoice | null): Promise<ExportedFile>
  exportRuns(listing: RunListing, sort: RunSort, format: ExportFormat): Promise<ExportedFile>
  /** @param file as POST /bundles has named it @returns the id of the run */
  importRun(file: string): Promise<string>
  close(): void
}

export interface RunExportsOptions {
  readonly db: SqlClient
  readonly home: string
  readonly log: Log
  /** A run is here that was not. */
  readonly publish: (runId: string) => void
  /** Of the folder of exports. */
  readonly room?: RoomLimits
}

const KEPT_MS = 24 * 3_600_000
const SWEEP_MS = 3_600_000
/** Each keeps a session of the control database busy, which runs need. */
const MOST_AT_ONCE = 2
const MOST_EXPORTS = 16 * 1024 ** 3
export const BUNDLE_ID = /^[\w-]{32}$/

export const openRunExports = ({
  db,
  home,
  log,
  publish,
  room = { leastFree: LEAST_FREE, mostKept: MOST_EXPORTS },
}: RunExportsOptions): RunExports => {
  const folder = join(home, 'exports')
  const bundleFolder = join(home, 'bundles')
  for (const one of [folder, bundleFolder]) mkdirSync(one, { recursive: true, mode: 0o700 })
  const sweep = (): void => {
    for (const one of [folder, bundleFolder]) {
      sweepFolder(one, KEPT_MS).catch((error: unknown) => log.warn('old files could not be removed', { folder: one, error }))
    }
  }
  sweep()
  const sweeper = setInterval(sweep, SWEEP_MS)
  sweeper.unref()
  let underWay = 0
  const oneOfFew = async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= MOST_AT_ONCE)
      throw new Refusal('CONFLICT', `${MOST_AT_ONCE} files are being written or read already: try again in a moment`)
    underWay += 1
    return await work().finally(() => {
      underWay -= 1
    })
  }
  const oneFile = <T>(write: (watch: RoomWatch) => Promise<T>): Promise<T> =>
    oneOfFew(() => write(watchRoom(folder, room))).catch((error: unknown) => {
      throw error instanceof NoRoom ? new Refusal('CONFLICT', error.message) : error
    })
  return {
    folder,
    bundleFolder,
    exportRun: (run, format, withExecutions, chosen = null) =>
      oneFile(async watch => {
        if (chosen !== null && !(format === 'CSV' && withExecutions)) {
          throw invalid('The request', [{ path: 'filter', message: 'Only a CSV of executions is filtered and sorted' }])
        }
        if (format === 'BUNDLE' && !isTerminal(run.status)) {
          throw new Refusal('WRONG_STATE', 'The run is not over: only then is there a bundle of it')
        }
        // Of a run that ended without its figures they are made now, so that they go along.
        if (format === 'JSON') await figuresOf(db, run, ['SUMMARY'])
        const { name, pieces } = fileOf(db, run, format, withExecutions, chosen)
        return await writeExport(folder, name, pieces, watch, format === 'BUNDLE')
      }),
    exportRuns: (listing, sort, format) =>
      oneFile(async watch => {
        if (format === 'BUNDLE') {
          throw invalid('The request', [{ path: 'format', message: 'A list is written as CSV or JSON; a BUNDLE holds one run' }])
        }
        if (listing.fingerprint != null) await keepFingerprints(db)
        return await (format === 'CSV'
          ? writeExport(folder, 'runs.csv', runListCsv(db, listing, sort), watch)
          : writeExport(folder, 'runs.json', runListJson(db, listing, sort), watch))
      }),
    importRun: file =>
      oneOfFew(async () => {
        const path = BUNDLE_ID.test(file) ? join(bundleFolder, file) : null
        if (path === null || (await stat(path).catch(() => null)) === null) throw notFound('bundle', file.slice(0, 40))
        try {
          const runId = await importBundle(db, path, log)
          await rm(path, { force: true })
          publish(runId)
          return runId
        } catch (error) {
          // What is no bundle never will be; what failed for another reason may be tried again.
          if (error instanceof Refusal && error.code === 'VALIDATION_FAILED') await rm(path, { force: true })
          throw error
        }
      }),
    close: () => clearInterval(sweeper),
  }
}

const fileOf = (
  db: SqlClient,
  run: RunRecord,
  format: ExportFormat,
  withExecutions: boolean,
  chosen: ExecutionChoice | null,
): { readonly name: string; readonly pieces: TextPieces } => {
  const stem = [run.name, String(run.number)]
  switch (format) {
    case 'CSV':
      return withExecutions
        ? {
            name: fileNameOf(...stem, chosen === null ? 'executions' : 'chosen-executions', 'csv'),
            pieces: executionsCsv(db, run.id, chosen ?? ALL_BY_END),
          }
        : { name: fileNameOf(...stem, 'intervals', 'csv'), pieces: intervalsCsv(db, run) }
    case 'JSON':
      return { name: fileNameOf(...stem, 'json'), pieces: runJson(db, run, withExecutions) }
    case 'BUNDLE':
      return { name: fileNameOf(...stem, 'flakebench.gz'), pieces: bundleLines(db, run, withExecutions) }
  }
}
