import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { newCredentialKey, readKeyFit, type SqlClient } from '@flakebench/store'
import { Fault } from './fault.ts'

/** The key file of a home, which only its owner may read. */
export const credentialKeyFile = (home: string): string => join(home, 'credential.key')
/** There while `rotate-key` is under way: the key that will take its place. */
const nextFile = (home: string): string => `${credentialKeyFile(home)}.next`

const readKey = (file: string): string => readFileSync(file, 'utf8').trim()

/** Whole or not at all, and on the disk when this returns. */
const writeKey = (file: string, key: string): void => {
  mkdirSync(dirname(file), { recursive: true })
  const fresh = `${file}.${process.pid}`
  const opened = openSync(fresh, 'w', 0o600)
  writeSync(opened, `${key}\n`)
  fsyncSync(opened)
  closeSync(opened)
  chmodSync(fresh, 0o600)
  moveFile(fresh, file)
}

const moveFile = (from: string, to: string): void => {
  renameSync(from, to)
  const folder = openSync(dirname(to), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/**
 * The key that seals saved passwords: from the key file of the home, made when it is missing and nothing was sealed with it. A change of keys that was cut short is finished, or taken back:
 * by which of the two keys the secrets open with.
 * @param renewed the name of a connection whose secret is made anew at each start where it does not open
 * @throws Fault when they open with neither, or the key is gone
 */
export const settleCredentialKey = async (home: string, db: SqlClient, renewed: string): Promise<string> => {
  const [file, next] = [credentialKeyFile(home), nextFile(home)]
  if (!existsSync(file) && !existsSync(next)) {
    const key = newCredentialKey()
    const { kept } = await readKeyFit(db, key, renewed)
    if (kept > 0) throw lostKey(file, kept)
    writeKey(file, key)
  }
  if (!existsSync(next)) return readKey(file)
  const old = existsSync(file) ? await readKeyFit(db, readKey(file)) : { kept: 0, opened: 0 }
  const fresh = await readKeyFit(db, readKey(next))
  if (fresh.opened > 0 || !existsSync(file)) moveFile(next, file)
  else if (old.opened > 0 || old.kept === 0) rmSync(next)
  else throw new Fault(`The saved credentials open neither with ${file} nor with ${next}: put back the key that they were sealed with.`)
  return readKey(file)
}

const lostKey = (file: string, kept: number): Fault =>
  new Fault(
    `${kept === 1 ? 'A saved secret is' : `${kept} saved secrets are`} sealed with a key that is not here: put back ${file}, or set FLAKEBENCH_CREDENTIAL_KEY ` +
      'to what it held. If it is lost for good, set FLAKEBENCH_CREDENTIAL_KEY to a new one (openssl rand -base64 32), and save those connections again.',
  )

/** Writes the key that is to come beside the one that is. */
export const writeNextKey = (home: string): string => {
  writeKey(nextFile(home), newCredentialKey())
  return readKey(nextFile(home))
}

/** Secrets are sealed with the next key now. */
export const takeNextKey = (home: string): void => moveFile(nextFile(home), credentialKeyFile(home))

/** They are not, and will not be. */
export const dropNextKey = (home: string): void => rmSync(nextFile(home), { force: true })
