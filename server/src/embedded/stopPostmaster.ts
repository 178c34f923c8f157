import { EmbeddedError } from './embeddedError.ts'
import { isStillAlive, type LivingProcess, readLivingProcess } from './livingProcess.ts'
import { isPostmasterOf } from './postmasterPid.ts'
import { SUPERVISOR_NAME } from './supervisor.ts'
import { waitUntil } from './waitUntil.ts'

/** A fast shutdown writes a checkpoint first, which takes a while after a large load on a slow disk. */
const STOP_TIMEOUT_MS = 120_000

const findSupervisor = (postmaster: LivingProcess): LivingProcess | undefined => {
  const parent = readLivingProcess(postmaster.parentPid)
  return parent?.command.includes(SUPERVISOR_NAME) ? parent : undefined
}

/** Stops the server of the data directory (SIGINT: sessions are ended, data is written) and waits until it and its supervisor are gone. */
export const stopPostmaster = async (pid: number, dataDirectory: string): Promise<void> => {
  const postmaster = readLivingProcess(pid)
  if (!postmaster || !isPostmasterOf(postmaster, dataDirectory)) return
  const leaving = [postmaster, findSupervisor(postmaster)].filter(one => one !== undefined)
  try {
    process.kill(pid, 'SIGINT')
  } catch (cause) {
    if (isStillAlive(postmaster)) throw new EmbeddedError('STOP_FAILED', `PostgreSQL (process ${pid}) could not be stopped.`, { cause })
  }
  if (await waitUntil(() => !leaving.some(isStillAlive), STOP_TIMEOUT_MS)) return
  throw new EmbeddedError(
    'STOP_FAILED',
    `PostgreSQL (process ${pid}) has not stopped within ${STOP_TIMEOUT_MS / 1000} s; its data is in ${dataDirectory}.`,
  )
}
