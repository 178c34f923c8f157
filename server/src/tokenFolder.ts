import { chmodSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The one folder that token files of saved connections are read from; made when missing, for its owner alone. */
export const tokenFolderOf = (home: string): string => {
  const folder = join(resolve(home), 'tokens')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return folder
}
