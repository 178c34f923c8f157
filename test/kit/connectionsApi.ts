import { openSecret, readConnection } from '@flakebench/store'
import { expect } from 'vitest'
import { refusalOf } from './graphql.ts'
import type { RunKit } from './runKit.ts'

/** The secret that is kept for a saved connection; null: none. */
export const keptSecret = async ({ control, credentialKey }: RunKit, id: string): Promise<string | null> => {
  const saved = await readConnection(control.db, id)
  return saved?.sealedCredentials == null ? null : openSecret(saved.sealedCredentials, id, credentialKey)
}

/** Input of a connection to the kit's own system under test. */
export const postgresInput = ({ sut }: RunKit, change: object = {}) => {
  const { host, port, user, database, password } = sut
  return { host, port, user, database, password, ...change }
}

export const snowflakeInput = (change: object = {}) => ({
  account: 'ORG-ACCOUNT',
  user: 'BENCH',
  authenticator: 'PASSWORD',
  password: 'secret-1',
  ...change,
})

/** What a mutation is refused for, each problem as `path: message`. */
export const problemsOf = async ({ server }: RunKit, mutation: string, variables: object): Promise<string[]> => {
  const { extensions } = await refusalOf(server.url, mutation, variables as Record<string, unknown>)
  expect(extensions.code).toBe('VALIDATION_FAILED')
  return (extensions.problems ?? []).map(({ path, message }) => `${path}: ${message}`)
}
