import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'flakebench-load-'

/** A folder of this process among the temporary files. Those of processes that were killed are removed first. */
export const makeScratchFolder = async (): Promise<string> => {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (pid !== undefined && isGone(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true })
  }
  return await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
