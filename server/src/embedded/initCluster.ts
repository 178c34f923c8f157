import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './embeddedError.ts'
import { SERVER_ENVIRONMENT, type ServerUser, spawnAs } from './runAs.ts'

const PASSWORD_FILE = 'flakebench.password'
const PASSWORD_BYTES = 24

/** Removes what a killed initialisation left. Only for the holder of the cluster's lock: then nobody's is under way. */
const sweepLeftovers = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    if (/^(init|password)-\d+$/.test(name)) await rm(join(directory, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

const runInitdb = (
  initdb: string,
  args: readonly string[],
  user: ServerUser,
): Promise<{ readonly failed: boolean; readonly output: string }> =>
  new Promise(resolve => {
    const child = spawn(initdb, args, { ...spawnAs(user), cwd: '/', env: SERVER_ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', error => resolve({ failed: true, output: error.message }))
    child.on('close', code => resolve({ failed: code !== 0, output }))
  })

const nameless = (user: ServerUser): EmbeddedError =>
  new EmbeddedError(
    'NO_USER',
    `PostgreSQL cannot be created by user ${user.uid}, who has no line in /etc/passwd (a container started with --user?): ` +
      'add one, run as another user, or name a PostgreSQL of your own in CONTROL_DATABASE_URL.',
  )

/** Creates the data directory whole: a half-made one never gets its name. The password of user postgres lies in it. */
export const initCluster = async (directory: string, binaries: Binaries, user: ServerUser): Promise<void> => {
  await sweepLeftovers(directory)
  const half = join(directory, `init-${process.pid}`)
  const passwordFile = join(directory, `password-${process.pid}`)
  await mkdir(half, { mode: 0o700 })
  await writeFile(passwordFile, randomBytes(PASSWORD_BYTES).toString('base64url'), { mode: 0o600 })
  if (user.isAnother) for (const path of [half, passwordFile]) await chown(path, user.uid, user.gid)
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
  const access = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  const { failed, output } = await runInitdb(binaries.initdb, ['-D', half, ...access, ...locale, '--no-sync', '--no-instructions'], user)
  if (failed) {
    await sweepLeftovers(directory)
    if (output.includes('could not look up effective user ID')) throw nameless(user)
    const lines = output.trim().split('\n').slice(-15).join('\n')
    throw new EmbeddedError('CREATE_FAILED', `PostgreSQL could not create a cluster in ${directory}. It said:\n${lines}`)
  }
  await rename(passwordFile, join(half, PASSWORD_FILE))
  await rename(half, join(directory, 'data'))
}

/** The password of user postgres. */
export const readPassword = async (dataDirectory: string): Promise<string> => readFile(join(dataDirectory, PASSWORD_FILE), 'utf8')

/** The major version that made the data directory, or undefined when there is none. */
export const readDataVersion = async (dataDirectory: string): Promise<string | undefined> =>
  readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').then(
    text => text.trim(),
    () => undefined,
  )
