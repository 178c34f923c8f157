import { constants } from 'node:fs'
import { access, chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { EmbeddedError, systemCode } from './embeddedError.ts'
import type { ServerUser } from './runAs.ts'

const REFUSALS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'])

const notWritable = (directory: string, userName: string, cause: unknown): EmbeddedError =>
  new EmbeddedError(
    'NOT_WRITABLE',
    `The data directory ${directory} is not writable by ${userName}: choose another with FLAKEBENCH_HOME.`,
    { cause },
  )

/** Makes the directory with everything above it, open to be passed through whatever the umask, and returns its real path. */
export const makeDirectory = async (directory: string, user: ServerUser): Promise<string> => {
  const path = resolve(directory)
  // Root makes and owns the directory even where the server runs as another user.
  const ourName = user.isAnother ? 'root' : user.name
  try {
    const topmostMade = await mkdir(path, { recursive: true, mode: 0o755 })
    for (let made = path; topmostMade !== undefined && made.length >= topmostMade.length; made = dirname(made)) await chmod(made, 0o755)
    await access(path, constants.W_OK | constants.X_OK)
    return await realpath(path)
  } catch (error) {
    if (REFUSALS.has(systemCode(error) ?? '')) throw notWritable(path, ourName, error)
    throw error
  }
}

/** Refuses an existing data directory that the server could not use. */
export const checkDataDirectory = async (directory: string, user: ServerUser): Promise<void> => {
  if (user.isAnother) return
  try {
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw notWritable(directory, user.name, error)
  }
}

/** The topmost directory on the way to `path` (itself included) that the user may not pass through, by the mode bits. */
export const findClosedDirectory = async (
  path: string,
  user: ServerUser,
): Promise<{ readonly directory: string; readonly mode: string } | undefined> => {
  const above = path === dirname(path) ? undefined : await findClosedDirectory(dirname(path), user)
  if (above) return above
  const { mode, uid, gid } = await stat(path)
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  return mode & bit ? undefined : { directory: path, mode: (mode & 0o777).toString(8).padStart(4, '0') }
}

/** Refuses a home that the server's user cannot reach: as root, PostgreSQL runs as another user than we do. */
export const checkReachable = async (home: string, user: ServerUser): Promise<void> => {
  const closed = user.isAnother ? await findClosedDirectory(home, user) : undefined
  if (!closed) return
  throw new EmbeddedError(
    'NOT_REACHABLE',
    `PostgreSQL runs as user ${user.name}, who may not enter ${closed.directory} (mode ${closed.mode}), so it cannot use ${home}: ` +
      `choose another directory with FLAKEBENCH_HOME, for example /var/lib/flakebench, or run: chmod o+x ${closed.directory}`,
  )
}
