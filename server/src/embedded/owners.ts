import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStillAlive, readLivingProcess } from './livingProcess.ts'
import { withLock } from './pidLock.ts'

/** The file with the processes that want the clusters of a home to run: a line each, "pid startMark". The supervisors read it. */
export const ownerFileOf = (home: string): string => join(home, 'owner.pid')

const readLivingOwners = (path: string): readonly string[] => {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter(line => {
      const [pid, startMark] = line.split(' ')
      return startMark !== undefined && isStillAlive({ pid: Number(pid), startMark })
    })
  } catch {
    return []
  }
}

/** Adds this process to the owners of the home and drops the dead ones. */
export const registerOwner = async (home: string): Promise<void> => {
  const path = ownerFileOf(home)
  await withLock(join(home, 'locks', 'owner'), async () => {
    const own = `${process.pid} ${readLivingProcess(process.pid)?.startMark ?? ''}`
    const owners = new Set([...readLivingOwners(path), own])
    writeFileSync(`${path}.new`, `${[...owners].join('\n')}\n`)
    // The supervisor runs as the server's user and has to read it whatever our umask.
    chmodSync(`${path}.new`, 0o644)
    renameSync(`${path}.new`, path)
  })
}
