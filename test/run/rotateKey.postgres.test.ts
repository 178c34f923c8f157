import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  newCredentialKey,
  newId,
  openSecret,
  putConnection,
  readConnection,
  readKeyFit,
  resealSecrets,
  sealSecret,
} from '@flakebench/store'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { settleCredentialKey } from '../../server/src/credentialKey.ts'
import { lockHome } from '../../server/src/embedded/homeLock.ts'
import { asAdmin } from '../kit/asAdmin.ts'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { until } from '../kit/processes.ts'
import { type Exit, launch, newHome, runServer, startServer } from '../kit/startServer.ts'

const SECRET = 'kept through all of it'

interface Place {
  readonly control: FreshControlDatabase
  readonly home: string
  readonly id: string
  readonly file: string
  readonly environment: Readonly<Record<string, string>>
}

/** A home with a key file, and a control database with a secret that it seals. */
const withPlace = async (work: (place: Place) => Promise<void>): Promise<void> => {
  const control = await freshControlDatabase()
  const home = newHome()
  const [id, key, file] = [newId(), newCredentialKey(), join(home, 'credential.key')]
  writeFileSync(file, `${key}\n`, { mode: 0o600 })
  const settings = { host: '127.0.0.1', port: 1, user: 'u', database: 'd', tls: 'OFF', ca: null } as const
  await putConnection(control.db, { id, name: 'Kept', type: 'POSTGRES', settings, sealedCredentials: sealSecret(SECRET, id, key) })
  try {
    await work({ control, home, id, file, environment: { FLAKEBENCH_DEMO_ROWS: '0', CONTROL_DATABASE_URL: control.url } })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const keyIn = (file: string): string => readFileSync(file, 'utf8').trim()

const rotation = ({ home, environment }: Place, more: Readonly<Record<string, string>> = {}) => ({
  home,
  environment: { ...environment, ...more },
  args: ['rotate-key'],
})
const rotate = (place: Place, more?: Readonly<Record<string, string>>): Promise<Exit> => runServer(rotation(place, more))

const secretWith = async ({ control, id }: Place, key: string): Promise<string> =>
  openSecret((await readConnection(control.db, id))?.sealedCredentials ?? '', id, key)

/** Starts a server, which settles what was left, and stops it. */
const startAndStop = async ({ home, environment }: Place): Promise<void> => {
  const server = await startServer({ home, environment })
  await server.end()
}

describe('the key of saved secrets', () => {
  it('is replaced by a new one, in its file that only its owner reads', () =>
    withPlace(async place => {
      const before = keyIn(place.file)
      const { code, output } = await rotate(place)
      expect(output).toContain(`1 secret is sealed with a new key, which is in ${place.file}.`)
      expect(code).toBe(0)
      const after = keyIn(place.file)
      expect(after).not.toBe(before)
      expect(output).not.toContain(after)
      expect(statSync(place.file).mode & 0o777).toBe(0o600)
      expect(existsSync(`${place.file}.next`)).toBe(false)
      expect(await secretWith(place, after)).toBe(SECRET)
    }))

  it('stays what it was when the command is killed before the secrets are sealed', () =>
    withPlace(async place => {
      const before = keyIn(place.file)
      await asAdmin(place.control.adminUrl, async admin => {
        await admin.query('BEGIN')
        await admin.query('SELECT 1 FROM test_results.connections FOR UPDATE')
        const { child, exited } = launch(rotation(place))
        await until(
          'it waits for the row',
          () => countWaiting(place),
          waiting => waiting > 0,
        )
        expect(existsSync(`${place.file}.next`)).toBe(true)
        child.kill('SIGKILL')
        await exited
        await admin.query('ROLLBACK')
      })
      await until(
        'its session is over',
        () => countOthers(place),
        others => others === 0,
      )
      await startAndStop(place)
      expect(keyIn(place.file)).toBe(before)
      expect(existsSync(`${place.file}.next`)).toBe(false)
      expect(await secretWith(place, before)).toBe(SECRET)
    }))

  it('is the new one when the command is killed after they are', () =>
    withPlace(async place => {
      const [before, next] = [keyIn(place.file), newCredentialKey()]
      writeFileSync(`${place.file}.next`, `${next}\n`, { mode: 0o600 })
      await resealSecrets(place.control.db, before, next)
      // The command finishes what was left, before it begins anew.
      expect((await rotate(place)).code).toBe(0)
      expect(existsSync(`${place.file}.next`)).toBe(false)
      expect([before, next]).not.toContain(keyIn(place.file))
      expect(await secretWith(place, keyIn(place.file))).toBe(SECRET)
    }))

  it('is not replaced when it is not theirs, or while a server runs on the home', () =>
    withPlace(async place => {
      const lock = await lockHome(place.home)
      expect((await rotate(place)).output).toMatch(/FlakeBench already runs on/)
      await lock.unlock()
      const before = keyIn(place.file)
      writeFileSync(place.file, `${newCredentialKey()}\n`)
      const { code, output } = await rotate(place)
      expect(code).toBe(1)
      expect(output).toMatch(/Nothing was changed: the credentials of "Kept" do not open with this key/)
      expect(existsSync(`${place.file}.next`)).toBe(false)
      expect(await readKeyFit(place.control.db, before)).toEqual({ kept: 1, opened: 1 })
    }))

  it('is not made anew where the file is gone that secrets were sealed with', () =>
    withPlace(async ({ home, file, control: { db } }) => {
      rmSync(file)
      await expect(settleCredentialKey(home, db, 'Demo')).rejects.toThrow(
        /A saved secret is sealed with a key that is not here: put back .*credential\.key/,
      )
      expect(existsSync(file)).toBe(false)
      // Of a connection whose secret is made anew anyway, nothing is lost.
      expect(await settleCredentialKey(home, db, 'Kept')).toBe(keyIn(file))
    }))

  it('of the environment is replaced by another one of it, once or twice', () =>
    withPlace(async place => {
      const [old, next] = [keyIn(place.file), newCredentialKey()]
      expect((await rotate(place, { FLAKEBENCH_CREDENTIAL_KEY: old })).output).toMatch(/Set FLAKEBENCH_NEW_CREDENTIAL_KEY/)
      const both = { FLAKEBENCH_CREDENTIAL_KEY: old, FLAKEBENCH_NEW_CREDENTIAL_KEY: next }
      expect((await rotate(place, both)).output).toMatch(/1 secret is sealed with the new key\. From now on/)
      expect(await secretWith(place, next)).toBe(SECRET)
      expect((await rotate(place, both)).output).toMatch(/sealed with the new key already/)
    }))
})

const count = async ({ control }: Place, condition: string): Promise<number> => {
  const admin = new pg.Client({ connectionString: control.adminUrl })
  await admin.connect()
  try {
    const { rows } = await admin.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${condition}`,
    )
    return rows.length
  } finally {
    await admin.end()
  }
}
const countWaiting = (place: Place): Promise<number> => count(place, "wait_event_type = 'Lock'")
const countOthers = (place: Place): Promise<number> => count(place, "application_name = 'flakebench server'")
