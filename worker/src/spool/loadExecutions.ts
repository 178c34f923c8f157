import { readdir, rm, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import {
  type ControlDatabaseOptions,
  insertRunStatements,
  type LoadedSpoolFile,
  listSpoolFiles,
  openControlDatabase,
  openExecutionLoader,
  type SqlClient,
} from '@flakebench/store'
import type { Config } from '../config.ts'
import { patientControl } from '../control/patientControl.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from '../failure.ts'
import { whenAborted } from '../waiting.ts'
import { numberOfSpoolFile } from './format.ts'
import { type LoadFileDeps, loadFile } from './loadFile.ts'
import { startLoadProgress, type TellLoad } from './loadProgress.ts'
import { listSpools, type SpoolFile, type SpoolOnDisk } from './readSpool.ts'

export interface LoadDeps {
  readonly runId: string
  /** Under which whoever asked for it owns the run. */
  readonly epoch: number
  /** Where its workers have spooled, beside the folder of the environment: another server of this machine may have started them. */
  readonly folders: readonly string[]
  readonly config: Config
  readonly terminated: AbortSignal
  readonly print: (line: string) => void
  readonly tell: TellLoad
}

/** How long the control database is waited for before the first file, and with each file. */
const PATIENCE_MS = 60_000

/**
 * The life of a process that loads what the workers of a run have left on this disk into the control database, a file a transaction, and deletes each
 * file after its own. It may be killed at any moment and started again, and be there twice. What cannot be read is told at the end, and stays.
 * @throws WorkerFailure
 */
export const loadExecutions = async (deps: LoadDeps): Promise<ExitCode> => {
  const { config, terminated, folders } = deps
  if (config.spool === null)
    throw new WorkerFailure(EXIT.CONFIGURATION, 'FLAKEBENCH_SPOOL_FOLDER is not set: give it the folder of the spools')
  const stopped = whenAborted(terminated).then(() => {
    throw new WorkerFailure(EXIT.NOT_PREPARED, 'The loading was stopped before its end: start it again')
  })
  return await Promise.race([loadAll(deps, [...new Set([config.spool.folder, ...folders])]), stopped])
}

const loadAll = async ({ runId, epoch, config, terminated, print, tell }: LoadDeps, folders: readonly string[]): Promise<ExitCode> => {
  const control: ControlDatabaseOptions = {
    url: config.controlDatabaseUrl,
    ...(config.controlDatabaseSchema === null ? {} : { schema: config.controlDatabaseSchema }),
    maxConnections: 1,
    applicationName: 'flakebench load-executions',
  }
  const untilMs = performance.now() + PATIENCE_MS
  const trouble = { met: (error: unknown) => print(`${messageOf(error)}; trying again`), over: () => undefined }
  const db = patientControl(openControlDatabase(control), { untilMs: () => untilMs, over: terminated, trouble })
  const loader = openExecutionLoader(control)
  try {
    const { spools, unread } = await listWhole(folders, runId)
    const loaded = await listAlready(db, runId, spools)
    const progress = startLoadProgress(tell, sumOf(loaded), sumOf(loaded) + countToLoad(spools, loaded))
    const fileDeps = { runId, epoch, loader, progress, print, patienceMs: PATIENCE_MS }
    for (const spool of spools) unread.push(...(await loadSpool(spool, db, fileDeps)))
    for (const folder of folders) await rmdir(join(folder, runId)).catch(() => undefined)
    await progress.end()
    for (const sentence of unread) print(sentence)
    await tell({ type: 'DONE', unread })
    return EXIT.OK
  } finally {
    await loader.close()
    await db.close()
  }
}

/** Seen twice where something could not be read: another loader may just have been removing it. */
const listWhole = async (folders: readonly string[], runId: string): Promise<{ spools: SpoolOnDisk[]; unread: string[] }> => {
  for (let isFirst = true; ; isFirst = false) {
    const unread: string[] = []
    const spools: SpoolOnDisk[] = []
    for (const folder of folders) spools.push(...(await listSpools(folder, runId, sentence => unread.push(sentence))))
    if (unread.length === 0 || !isFirst) return { spools, unread }
  }
}

/** Keeps the run's statements, too, where its workers have not: those of an older version left that to the loading. */
const listAlready = async (db: SqlClient, runId: string, [first]: readonly SpoolOnDisk[]): Promise<readonly LoadedSpoolFile[]> => {
  try {
    if (first !== undefined) await insertRunStatements(db, runId, first.manifest.operations)
    return await listSpoolFiles(db, runId)
  } catch (error) {
    throw new WorkerFailure(EXIT.CONTROL_LOST, `The executions cannot be loaded: ${messageOf(error)}`, { cause: error })
  }
}

const sumOf = (files: readonly LoadedSpoolFile[]): number => files.reduce((sum, { executions }) => sum + executions, 0)

const countToLoad = (spools: readonly SpoolOnDisk[], loaded: readonly LoadedSpoolFile[]): number => {
  const keyOf = (workerId: string, attempt: number, number: number): string => `${workerId} ${attempt} ${number}`
  const there = new Set(loaded.map(({ workerId, attempt, fileNumber }) => keyOf(workerId, attempt, fileNumber)))
  return spools
    .flatMap(({ workerId, attempt, files, manifest }) =>
      files
        .filter(({ number }) => !there.has(keyOf(workerId, attempt, number)))
        .map(({ bytes }) => Math.floor(bytes / manifest.recordBytes)),
    )
    .reduce((sum, records) => sum + records, 0)
}

/** @returns what cannot be read of it */
const loadSpool = async (spool: SpoolOnDisk, db: SqlClient, deps: LoadFileDeps): Promise<string[]> => {
  const unread: string[] = []
  for (const file of spool.files) {
    const result = await loadFile(spool, file, deps)
    if (result.outcome === 'SUPERSEDED')
      throw new WorkerFailure(
        EXIT.SUPERSEDED,
        `Run ${deps.runId} is no longer owned under epoch ${deps.epoch}: nothing more of it is loaded`,
      )
    if (result.outcome === 'UNREAD') {
      if (!(result.isGone && (await isThere(db, deps.runId, spool, file)))) unread.push(...result.unread)
      continue
    }
    unread.push(...result.unread)
    await remove(() => unlink(file.path), file.path, deps.print)
  }
  await removeFolder(spool, deps.print)
  return unread
}

/** Another loader was faster, and has deleted it. */
const isThere = async (db: SqlClient, runId: string, { workerId, attempt }: SpoolOnDisk, { number }: SpoolFile): Promise<boolean> =>
  (await listSpoolFiles(db, runId)).some(one => one.workerId === workerId && one.attempt === attempt && one.fileNumber === number)

/** Once no executions are left in it. */
const removeFolder = async ({ folder }: SpoolOnDisk, print: (line: string) => void): Promise<void> => {
  const left = await readdir(folder).catch(() => null)
  // What cannot be looked into may still hold some.
  if (left === null || left.some(name => numberOfSpoolFile(name) !== null)) return
  await remove(() => rm(folder, { recursive: true, force: true }), folder, print)
}

/** What stays is loaded all the same, and is not loaded again. */
const remove = async (act: () => Promise<void>, path: string, print: (line: string) => void): Promise<void> => {
  try {
    await act()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') print(`${path} is loaded, but cannot be deleted: ${messageOf(error)}`)
  }
}
