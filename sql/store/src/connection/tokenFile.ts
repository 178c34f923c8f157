import { realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'

/** Where Snowflake puts the token of a service that runs in it. */
const SERVICE_TOKEN_FILE = '/snowflake/session/token'

/**
 * The file behind the token file of a saved connection. Whoever may save connections says which file is read and where its text is sent: so there is
 * one folder for such files, and a link out of it leads nowhere.
 * @param folder of token files; null: there is none, and only Snowflake's own file will do
 * @returns the file itself, without links
 * @throws Error in words that continue "the token file …"
 */
export const permittedTokenFile = (file: string, folder: string | null): string => {
  if (file === SERVICE_TOKEN_FILE) return file
  const outside = `must be a file in ${folder === null ? 'the server’s folder of tokens' : folder}, or ${SERVICE_TOKEN_FILE}; it is "${file}"`
  const realFolder = folder === null ? null : realOf(folder)
  if (folder === null || realFolder === null) throw new Error(outside)
  // Before anything is looked up: nobody is to learn which files there are elsewhere.
  if (!isAbsolute(file) || !(isInside(file, folder) || isInside(file, realFolder))) throw new Error(outside)
  const real = realOf(file)
  if (real === null) throw new Error(`is not there: put the token into ${file}`)
  if (!isInside(real, realFolder)) throw new Error(outside)
  return real
}

const isInside = (file: string, folder: string): boolean => {
  const way = relative(resolve(folder), resolve(file))
  return way !== '' && !/^\.\.(\/|$)/.test(way) && !isAbsolute(way)
}

/** Null: it is not there. */
const realOf = (path: string): string | null => {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
