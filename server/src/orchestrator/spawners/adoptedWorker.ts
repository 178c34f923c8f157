/** What is seen of a worker that an earlier server had started on this machine. */
export type AdoptedSight = 'THERE' | 'GONE' | 'UNKNOWN'

/**
 * Whether this process id is the worker still. Ids are used again: its command line must name the run and the worker, and where that cannot be asked,
 * nothing is known of it.
 * @param readCommandLine see `CommandLines`
 */
export const seeAdopted = (pid: number, runId: string, workerId: string, readCommandLine: (pid: number) => string | null): AdoptedSight => {
  if (!isThere(pid)) return 'GONE'
  const line = readCommandLine(pid)
  if (line === null) return 'UNKNOWN'
  const words = line.split(/[\s\0]+/)
  return words.includes(runId) && words.includes(workerId) ? 'THERE' : 'GONE'
}

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, but of another user.
    return (error as { code?: unknown }).code === 'EPERM'
  }
}

/** It may have ended a moment ago, or be of another user: nothing can be done then. */
export const signalAdopted = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
}
