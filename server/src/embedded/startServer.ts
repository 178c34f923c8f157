import type { Binaries } from './binaries.ts'
import type { ClusterFiles } from './clusterFiles.ts'
import { chooseFreePort, readLastPort, writeLastPort } from './clusterPort.ts'
import type { ClusterSettings } from './clusterSettings.ts'
import { EmbeddedError } from './embeddedError.ts'
import { ownerFileOf } from './owners.ts'
import { findPostmaster } from './postmasterPid.ts'
import { openServerLog, readLogTail } from './serverLog.ts'
import { startSupervised } from './supervisor.ts'
import { waitUntil } from './waitUntil.ts'

/** Long enough to replay the log of a crash after heavy writing. */
const START_TIMEOUT_MS = 300_000

/** What a start that failed asks for, by what the server wrote. */
const REMEDIES: readonly { readonly sign: RegExp; readonly remedy: 'TRY_ANOTHER_PORT' | 'WAIT_AND_TRY_AGAIN' }[] = [
  { sign: /could not bind|could not create any TCP\/IP sockets/i, remedy: 'TRY_ANOTHER_PORT' },
  // Children of a killed server still write; they see that it is gone and leave within a second.
  { sign: /pre-existing shared memory block|lock file "postmaster.pid" already exists/i, remedy: 'WAIT_AND_TRY_AGAIN' },
]

export type StartResult = 'STARTED' | 'TRY_ANOTHER_PORT' | 'WAIT_AND_TRY_AGAIN'

const startFailed = (logPath: string, beginsAt: number, what = 'could not start'): EmbeddedError =>
  new EmbeddedError('START_FAILED', `PostgreSQL ${what}. The last lines of ${logPath}:\n${readLogTail(logPath, beginsAt) || '(nothing)'}`)

/** Only a loopback address is bound, and no socket file is made that others on the machine could connect to. */
const commandOf = (binaries: Binaries, files: ClusterFiles, port: number, settings: ClusterSettings): readonly string[] => {
  const all = { ...settings, listen_addresses: '127.0.0.1', unix_socket_directories: '', logging_collector: 'off' }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return [binaries.postgres, '-D', files.data, '-p', String(port), ...flags]
}

/** Starts the server once and waits until it is ready; throws with the log's last lines when trying again would not help. */
export const startServer = async (options: {
  readonly binaries: Binaries
  readonly files: ClusterFiles
  readonly settings: ClusterSettings
  readonly graceSeconds: number
  readonly keepPort: boolean
}): Promise<StartResult> => {
  const { binaries, files, settings, graceSeconds, keepPort } = options
  const port = await chooseFreePort(keepPort ? readLastPort(files.port) : undefined)
  const { descriptor, beginsAt } = openServerLog(files.log)
  const server = startSupervised({
    command: commandOf(binaries, files, port, settings),
    user: files.user,
    ownerFile: ownerFileOf(files.home),
    graceSeconds,
    logDescriptor: descriptor,
  })
  const isReady = () => findPostmaster(files.data)?.file.status === 'ready'
  const settled = await waitUntil(() => isReady() || server.hasEnded(), START_TIMEOUT_MS)
  if (!settled) throw startFailed(files.log, beginsAt, `has not become ready within ${START_TIMEOUT_MS / 1000} s`)
  if (isReady()) {
    writeLastPort(files.port, port)
    return 'STARTED'
  }
  const tail = readLogTail(files.log, beginsAt)
  const remedy = REMEDIES.find(({ sign }) => sign.test(tail))?.remedy
  if (!remedy) throw startFailed(files.log, beginsAt)
  return remedy
}
