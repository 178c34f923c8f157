import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { type ClusterFiles, prepareClusterFiles } from './clusterFiles.ts'
import { EmbeddedError } from './embeddedError.ts'
import { initCluster, readDataVersion, readPassword } from './initCluster.ts'
import { registerOwner } from './owners.ts'
import { withLock } from './pidLock.ts'
import { disownPostmasterFile, findPostmaster } from './postmasterPid.ts'
import { readLogTail } from './serverLog.ts'
import { startServer } from './startServer.ts'
import { stopPostmaster } from './stopPostmaster.ts'

/** A running embedded PostgreSQL. It runs on when its process dies, for the grace period, so that the next one can take it over. */
export interface EmbeddedCluster {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly user: 'postgres'
  readonly password: string
  /** The pid of its main process. */
  readonly pid: number
  readonly dataDirectory: string
  readonly logPath: string
  /** Whether this call made the cluster, started an existing one, or found it running. */
  readonly outcome: 'created' | 'started' | 'adopted'
  /** The address of one of its databases, with the password. */
  url(database: string): string
  /** Stops it in good order and waits until all its processes are gone. */
  stop(): Promise<void>
}

export interface EnsureClusterOptions {
  /** FLAKEBENCH_HOME. */
  readonly home: string
  /** `control` or `demo`: the cluster lives in `<home>/<name>/`. */
  readonly name: string
  /** Server settings for when it has to be started; one that runs keeps its own. */
  readonly settings?: Readonly<Record<string, string>>
  /** How long it waits for a new owner after its owner died. */
  readonly graceSeconds?: number
  /** Told in words before each step that takes a while. */
  readonly onStep?: (text: string) => void
}

const DEFAULT_GRACE_SECONDS = 30
const CONNECT_TIMEOUT_MS = 10_000
const LOOK_AGAIN_MS = 50
/** How long one call goes on looking at a server that is neither ready nor gone, and at starts worth repeating. */
const PATIENCE_MS = 120_000

const describe = (
  files: ClusterFiles,
  pid: number,
  port: number,
  password: string,
  outcome: EmbeddedCluster['outcome'],
): EmbeddedCluster => ({
  host: '127.0.0.1',
  port,
  user: 'postgres',
  password,
  pid,
  dataDirectory: files.data,
  logPath: files.log,
  outcome,
  url: database => `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
  stop: () => stopPostmaster(pid, files.data),
})

/** Signs in once. Says why it could not, if so. */
const tryConnect = async (port: number, password: string): Promise<string | undefined> => {
  const address = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres', ssl: false }
  const client = new pg.Client({ ...address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  // Without a listener, a server that goes away between connect and end would end our process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await client.end()
  }
}

const checkVersion = (files: ClusterFiles, dataVersion: string, binaries: Binaries): void => {
  if (dataVersion === binaries.majorVersion) return
  throw new EmbeddedError(
    'WRONG_VERSION',
    `The data in ${files.data} was made by PostgreSQL ${dataVersion}; this FlakeBench brings ${binaries.majorVersion}: ` +
      'run the FlakeBench that made it, or choose another directory with FLAKEBENCH_HOME.',
  )
}

/** Finds the cluster running, or gets it to run. Only for the holder of the cluster's lock. */
const ensureLocked = async (files: ClusterFiles, options: EnsureClusterOptions): Promise<EmbeddedCluster> => {
  const { settings = {}, graceSeconds = DEFAULT_GRACE_SECONDS, onStep = () => undefined } = options
  let outcome: EmbeddedCluster['outcome'] = 'adopted'
  let keepPort = true
  let lastObstacle = ''
  const giveUpAt = performance.now() + PATIENCE_MS
  while (performance.now() < giveUpAt) {
    const running = findPostmaster(files.data)
    if (running?.file.status === 'ready') {
      const { pid, port } = running.file
      const password = await readPassword(files.data)
      lastObstacle = (await tryConnect(port, password)) ?? ''
      // Looked at once more: the grace period may have run out while we signed in.
      if (!lastObstacle && findPostmaster(files.data)?.file.status === 'ready') return describe(files, pid, port, password, outcome)
    }
    if (running) {
      await pause(LOOK_AGAIN_MS)
      continue
    }
    const binaries = await prepareBinaries(files.home, files.user, onStep)
    const dataVersion = await readDataVersion(files.data)
    if (dataVersion) checkVersion(files, dataVersion, binaries)
    else {
      onStep(`Creating the ${options.name} database in ${files.directory}`)
      await initCluster(files.directory, binaries, files.user)
    }
    if (existsSync(join(files.data, 'postmaster.pid'))) disownPostmasterFile(files.data)
    onStep(`Starting the ${options.name} database`)
    const result = await startServer({ binaries, files, settings, graceSeconds, keepPort })
    if (result === 'STARTED') outcome = dataVersion ? 'started' : 'created'
    if (result === 'TRY_ANOTHER_PORT') keepPort = false
    if (result === 'WAIT_AND_TRY_AGAIN') await pause(LOOK_AGAIN_MS)
  }
  const obstacle = lastObstacle ? ` (${lastObstacle})` : ''
  throw new EmbeddedError(
    'START_FAILED',
    `PostgreSQL does not become ready${obstacle}. The last lines of ${files.log}:\n${readLogTail(files.log)}`,
  )
}

/**
 * The cluster `<home>/<name>`, running: adopted where it runs, started where it was stopped or killed, created where there was none. Any
 * number of processes may call it at once. Throws EmbeddedError with what to do.
 */
export const ensureCluster = async (options: EnsureClusterOptions): Promise<EmbeddedCluster> => {
  const files = await prepareClusterFiles(options.home, options.name)
  await registerOwner(files.home)
  return withLock(files.lock, () => ensureLocked(files, options))
}
