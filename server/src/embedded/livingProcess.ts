import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'

/** A process that is alive now. A zombie is not: nobody needs it any more, even where nothing reaps it. */
export interface LivingProcess {
  readonly pid: number
  readonly parentPid: number
  /** When it started, in the system's own notation without spaces. With the pid it names one process, though pids are used again. */
  readonly startMark: string
  /** Its arguments, joined by spaces, with a space at the end. */
  readonly command: string
  /** Its working directory, where the system tells. */
  readonly directory: string | undefined
}

const HAS_PROC = existsSync('/proc/self/stat')

const readOrUndefined = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** From `/proc/<pid>/stat`: "pid (name) state ppid … starttime …"; the name may hold spaces and brackets. */
const readFromProc = (pid: number): LivingProcess | undefined => {
  const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  const command = readOrUndefined(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  if (stat === undefined || command === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, parentPid, startMark] = [fields[0], fields[1], fields[19]]
  if (state === 'Z' || state === 'X' || startMark === undefined) return undefined
  const directory = readOrUndefined(() => readlinkSync(`/proc/${pid}/cwd`))
  return { pid, parentPid: Number(parentPid), startMark, command: command.replaceAll('\0', ' '), directory }
}

/** The same from `ps`, for systems without /proc (macOS). */
export const readFromPs = (pid: number): LivingProcess | undefined => {
  const columns = ['stat=', 'ppid=', 'lstart=', 'command='].flatMap(column => ['-o', column])
  const { stdout } = spawnSync('ps', ['-ww', ...columns, '-p', String(pid)], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
  })
  const match = /^\s*(\S+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*?)\s*$/s.exec(stdout ?? '')
  const [, state, parentPid, startedAt, command] = match ?? []
  if (state === undefined || startedAt === undefined || state.startsWith('Z')) return undefined
  return { pid, parentPid: Number(parentPid), startMark: startedAt.replaceAll(/\s+/g, '_'), command: `${command} `, directory: undefined }
}

/** Reads the process with this pid, or undefined when none is alive. */
export const readLivingProcess = (pid: number): LivingProcess | undefined => {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  return HAS_PROC ? readFromProc(pid) : readFromPs(pid)
}

/** Whether exactly this process, not a later one with its pid, is still alive. */
export const isStillAlive = (process: Pick<LivingProcess, 'pid' | 'startMark'>): boolean =>
  readLivingProcess(process.pid)?.startMark === process.startMark
