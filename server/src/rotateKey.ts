import { readKeyFit, resealSecrets, type SqlClient, WrongCredentialKey } from '@flakebench/store'
import type { ServerConfig } from './config.ts'
import { credentialKeyFile, dropNextKey, takeNextKey, writeNextKey } from './credentialKey.ts'
import { Fault } from './fault.ts'
import type { Log } from './log.ts'
import { setUp } from './setUp.ts'
import type { Steps } from './steps.ts'

/**
 * Seals every saved secret with another key, while no server runs on the home. Killed at any moment, it has either happened or not, and the next start
 * goes by which.
 * @returns what was done, for a person
 * @throws Fault that says what to do; nothing was changed then
 */
export const rotateKey = async (config: ServerConfig, steps: Steps, log: Log): Promise<string> => {
  const { credentialKey: ownKey, newCredentialKey } = config
  if (ownKey !== null && newCredentialKey === null)
    throw new Fault(
      'Set FLAKEBENCH_NEW_CREDENTIAL_KEY to the new key, 32 bytes in base64, beside FLAKEBENCH_CREDENTIAL_KEY with the old one.',
    )
  if (ownKey === null && newCredentialKey !== null)
    throw new Fault(
      'FLAKEBENCH_NEW_CREDENTIAL_KEY goes with FLAKEBENCH_CREDENTIAL_KEY alone: without that, a key file is used, and a new one made.',
    )
  const foundation = await setUp({ ...config, demoRows: 0 }, steps, log)
  try {
    return newCredentialKey === null
      ? await rotateKeyFile(foundation.db, foundation.credentialKey, config)
      : await rotateGivenKey(foundation.db, foundation.credentialKey, newCredentialKey)
  } finally {
    await foundation.close()
  }
}

const rotateKeyFile = async (db: SqlClient, oldKey: string, { home, controlDatabaseUrl }: ServerConfig): Promise<string> => {
  const newKey = writeNextKey(home)
  const resealed = await resealSecrets(db, oldKey, newKey).catch((error: unknown) => {
    if (!(error instanceof WrongCredentialKey)) throw error
    dropNextKey(home)
    throw wrongKey(error)
  })
  takeNextKey(home)
  const others = controlDatabaseUrl === null ? '' : ' Other servers with the same control database need a copy of it.'
  return `${countOf(resealed)} sealed with a new key, which is in ${credentialKeyFile(home)}.${others}`
}

const rotateGivenKey = async (db: SqlClient, oldKey: string, newKey: string): Promise<string> => {
  const from = 'From now on, set FLAKEBENCH_CREDENTIAL_KEY to the new key, for every server with this control database.'
  try {
    return `${countOf(await resealSecrets(db, oldKey, newKey))} sealed with the new key. ${from}`
  } catch (error) {
    if (!(error instanceof WrongCredentialKey)) throw error
    // It was cut short after the deed.
    const { kept, opened } = await readKeyFit(db, newKey)
    if (opened === kept) return `${countOf(kept)} sealed with the new key already. ${from}`
    throw wrongKey(error)
  }
}

const countOf = (secrets: number): string => `${secrets} ${secrets === 1 ? 'secret is' : 'secrets are'}`

const wrongKey = ({ message }: WrongCredentialKey): Fault =>
  new Fault(`Nothing was changed: ${message}. Use the key that they were sealed with, or save those connections again first.`)
