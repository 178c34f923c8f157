import { join } from 'node:path'
import { EmbeddedError } from './embeddedError.ts'
import { makeDirectory } from './home.ts'
import { tryLock } from './pidLock.ts'
import { chooseServerUser } from './runAs.ts'

/** The right to be the one FlakeBench server of a home. It ends with the process that has it. */
export interface HomeLock {
  unlock(): Promise<void>
}

/** Takes the home (made if missing) for this process; refuses with the pid of the server that has it. */
export const lockHome = async (home: string): Promise<HomeLock> => {
  const directory = await makeDirectory(home, chooseServerUser())
  const lock = await tryLock(join(directory, 'locks', 'home'))
  if ('heldBy' in lock) {
    throw new EmbeddedError(
      'HOME_IN_USE',
      `FlakeBench already runs on ${directory} (process ${lock.heldBy}): ` +
        'stop that one first, or choose another directory with FLAKEBENCH_HOME.',
    )
  }
  return { unlock: lock.release }
}
