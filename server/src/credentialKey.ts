import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newCredentialKey } from '@flakebench/store'

/** The key that seals saved passwords: from a file in the home that only its owner may read, made when missing. */
export const credentialKeyOf = (home: string): string => {
  const file = join(home, 'credential.key')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(home, { recursive: true })
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, `${newCredentialKey()}\n`, { mode: 0o600 })
  chmodSync(fresh, 0o600)
  renameSync(fresh, file)
  return readFileSync(file, 'utf8').trim()
}
