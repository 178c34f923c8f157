import { spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { demoSettingsFor, shareOfMemory } from '../../server/src/embedded/clusterSettings.ts'
import { EmbeddedError } from '../../server/src/embedded/embeddedError.ts'
import { type EmbeddedCluster, ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { listLibraryLinks } from '../../server/src/embedded/libraryLinks.ts'
import { readFromPs, readLivingProcess } from '../../server/src/embedded/livingProcess.ts'
import { chooseServerUser, spawnAs } from '../../server/src/embedded/runAs.ts'
import {
  type EmbeddedHome,
  findBinaries,
  killHard,
  listProcessesOn,
  makeEmbeddedHome,
  type OtherUser,
  untilTrue,
} from '../kit/embeddedHome.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const GRACE_SECONDS = 1
const NAME = 'control'
const isRoot = process.getuid?.() === 0
/** nobody, on every Linux we know; as root the tests play an ordinary user with it. */
const ORDINARY_USER: OtherUser = { uid: 65534, gid: 65534 }

let firstHome: EmbeddedHome
let binaries: string
beforeAll(async () => {
  firstHome = makeEmbeddedHome()
  await (await ensureCluster({ home: firstHome.path, name: NAME, graceSeconds: GRACE_SECONDS })).stop()
  binaries = findBinaries(firstHome)
})
afterAll(() => firstHome.close())

const homes: EmbeddedHome[] = []
const newHome = (options: { readonly owner?: OtherUser | undefined; readonly isEmpty?: boolean } = {}): EmbeddedHome => {
  const home = makeEmbeddedHome(options.isEmpty ? options : { ...options, binaries })
  homes.push(home)
  return home
}

const clusters: EmbeddedCluster[] = []
const ensureHere = async (home: EmbeddedHome, settings?: Readonly<Record<string, string>>): Promise<EmbeddedCluster> => {
  const cluster = await ensureCluster({ home: home.path, name: NAME, graceSeconds: GRACE_SECONDS, ...(settings && { settings }) })
  clusters.push(cluster)
  return cluster
}

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop()
  for (const home of homes.splice(0)) await home.close()
})

const query = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

/** Runs until it is killed; nothing but a pid of the server's user. */
const startSleeper = () => {
  const child = spawn('/bin/sleep', ['600'], { ...spawnAs(chooseServerUser()), stdio: 'ignore' })
  if (!child.pid) throw new Error('no sleeper')
  return { pid: child.pid, stop: () => killHard(child.pid ?? 0) }
}

const refusal = async (attempt: Promise<unknown>): Promise<EmbeddedError> => {
  const outcome = await attempt.catch((error: unknown) => error)
  if (outcome instanceof EmbeddedError) return outcome
  throw new Error('was not refused', { cause: outcome })
}

describe('an embedded cluster', () => {
  it('is made once when six processes ask for it at once, and the other five adopt it', async () => {
    const home = newHome({ isEmpty: true })
    const answers = await Promise.all(Array.from({ length: 6 }, () => home.ask('ensureOnce.ts', [NAME, GRACE_SECONDS, 'hold'])))
    expect(answers.map(answer => answer.error)).toEqual(Array(6).fill(undefined))
    expect(answers.map(answer => answer.outcome).sort()).toEqual([...Array(5).fill('adopted'), 'created'])
    expect(new Set(answers.map(answer => `${answer.pid} ${answer.port} ${answer.password}`)).size).toBe(1)
  })

  it('is adopted by the next owner after its owner was killed, and then runs on', async () => {
    const home = newHome()
    const first = await home.ask('ensureOnce.ts', [NAME, 3, 'hold'])
    const supervisorPid = readLivingProcess(first.pid)?.parentPid
    await killHard(first.child.pid ?? 0)
    const second = await home.ask('ensureOnce.ts', [NAME, 3, 'hold'])
    expect(second).toMatchObject({ outcome: 'adopted', pid: first.pid, port: first.port })
    const sleeps = new Set<string>()
    await untilTrue('the supervisor has looked for an owner oftener than the grace period is long', () => {
      for (const line of listProcessesOn('sleep 1')) {
        const parent = readLivingProcess(Number.parseInt(line, 10))?.parentPid ?? 0
        if (readLivingProcess(parent)?.parentPid === supervisorPid) sleeps.add(line)
      }
      return sleeps.size > 4
    })
    expect(readLivingProcess(first.pid)).toBeDefined()
  })

  it('shuts down in good order when its owner was killed and nobody returns', async () => {
    const home = newHome()
    const { child } = await home.ask('ensureOnce.ts', [NAME, GRACE_SECONDS, 'hold'])
    await killHard(child.pid ?? 0)
    await untilTrue('no process is left', () => listProcessesOn(home.path).length === 0)
    expect(readFileSync(join(home.path, NAME, 'postgres.log'), 'utf8')).toMatch(/database system is shut down\s*$/)
  })

  it('comes back with its data and on its port after its server was killed', async () => {
    const home = newHome()
    const first = await ensureHere(home)
    await query(first.url('postgres'), 'CREATE TABLE kept AS SELECT generate_series(1, 5000) AS n')
    await killHard(first.pid)
    const second = await ensureHere(home)
    expect(second).toMatchObject({ outcome: 'started', port: first.port, password: first.password })
    expect(await query(second.url('postgres'), 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 5000 }])
  })

  it('leaves no process behind when it is stopped, neither by its starter nor by an adopter', async () => {
    const home = newHome()
    const starter = await ensureHere(home)
    await starter.stop()
    expect(listProcessesOn(home.path)).toEqual([])
    const other = await home.ask('ensureOnce.ts', [NAME, GRACE_SECONDS, 'hold'])
    const adopter = await ensureHere(home)
    expect(adopter).toMatchObject({ outcome: 'adopted', pid: other.pid })
    await adopter.stop()
    await adopter.stop()
    expect(listProcessesOn(join(home.path, NAME))).toEqual([])
  })

  it('starts although the pid in its file belongs to another process of its user by now', async () => {
    const home = newHome()
    const first = await ensureHere(home)
    const pidFile = join(first.dataDirectory, 'postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    const { uid, gid } = statSync(pidFile)
    await first.stop()
    const sleeper = startSleeper()
    try {
      writeFileSync(pidFile, [String(sleeper.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 })
      chownSync(pidFile, uid, gid)
      expect(await ensureHere(home)).toMatchObject({ outcome: 'started' })
    } finally {
      await sleeper.stop()
    }
  })

  it('is created although an earlier creation was killed half-way', async () => {
    const home = newHome()
    const directory = join(home.path, NAME)
    const victim = home.run('ensureOnce.ts', [NAME, GRACE_SECONDS, 'leave'])
    const halfMade = () => (existsSync(directory) ? readdirSync(directory) : []).find(name => name.startsWith('init-'))
    await untilTrue('initdb is at work', () => existsSync(join(directory, halfMade() ?? 'none', 'global')))
    await killHard(victim.pid ?? 0)
    for (const line of listProcessesOn(join(directory, 'init-'))) await killHard(Number.parseInt(line, 10))
    expect(halfMade()).toBeDefined()
    expect(await ensureHere(home)).toMatchObject({ outcome: 'created' })
    expect(readdirSync(directory).sort()).toEqual(['data', 'last-port', 'postgres.log'])
  })

  it('takes another port when its own was taken', async () => {
    const home = newHome()
    const first = await ensureHere(home)
    await first.stop()
    const squatter = createServer().listen(first.port, '127.0.0.1')
    try {
      const second = await ensureHere(home)
      expect(second.outcome).toBe('started')
      expect(second.port).not.toBe(first.port)
    } finally {
      squatter.close()
    }
  })

  it('listens on the loopback address only, without a socket file, and asks for the password', async () => {
    const home = newHome()
    const cluster = await ensureHere(home, { max_connections: '17' })
    const url = cluster.url('postgres')
    const shown = await query(
      url,
      `SELECT current_setting('listen_addresses') AS address, current_setting('unix_socket_directories') AS sockets,
              current_setting('max_connections') AS connections, current_setting('server_encoding') AS encoding`,
    )
    expect(shown).toEqual([{ address: '127.0.0.1', sockets: '', connections: '17', encoding: 'UTF8' }])
    await expect(query(url.replace(cluster.password, 'guess'), 'SELECT 1')).rejects.toThrow(/password authentication failed/)
  })

  it('says what the server wrote last when it cannot start', async () => {
    const home = newHome()
    const cluster = await ensureHere(home)
    await cluster.stop()
    truncateSync(join(cluster.dataDirectory, 'global', 'pg_control'), 10)
    const { reason, message } = await refusal(ensureHere(home))
    expect(reason).toBe('START_FAILED')
    expect(message).toContain(`The last lines of ${cluster.logPath}:\n`)
    expect(message).toMatch(/pg_control/)
    expect(listProcessesOn(home.path)).toEqual([])
  })

  it('refuses data of another major version, and says which', async () => {
    const home = newHome()
    const cluster = await ensureHere(home)
    await cluster.stop()
    writeFileSync(join(cluster.dataDirectory, 'PG_VERSION'), '17\n')
    expect(await refusal(ensureHere(home))).toMatchObject({ reason: 'WRONG_VERSION', message: expect.stringContaining('PostgreSQL 17') })
  })

  it('runs under an ordinary user too', async () => {
    const user = isRoot ? ORDINARY_USER : undefined
    const home = newHome({ owner: user })
    const { error, outcome, pid } = await home.ask('ensureOnce.ts', [NAME, GRACE_SECONDS, 'hold'], user)
    expect({ error, outcome }).toEqual({ error: undefined, outcome: 'created' })
    expect(statSync(join(home.path, NAME, 'data')).uid).toBe(user?.uid ?? process.getuid?.())
    expect(readLivingProcess(pid)).toBeDefined()
  })

  it('names the directory and the way out where it may not write', async () => {
    const home = newHome()
    chmodSync(home.path, 0o555)
    const { error } = await home.ask('ensureOnce.ts', [NAME, GRACE_SECONDS, 'leave'], isRoot ? ORDINARY_USER : undefined)
    chmodSync(home.path, 0o755)
    expect(error).toMatch(new RegExp(`^The data directory ${home.path} is not writable by \\S+: choose another with FLAKEBENCH_HOME\\.$`))
  })

  it.runIf(isRoot)('names the closed directory when root chose a home that the server cannot reach', async () => {
    const home = newHome()
    const closed = join(home.path, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const { reason, message } = await refusal(ensureCluster({ home: join(closed, 'home'), name: NAME }))
    expect(reason).toBe('NOT_REACHABLE')
    expect(message).toContain(`may not enter ${closed} (mode 0700)`)
    expect(message).toContain('FLAKEBENCH_HOME')
  })
})

describe('what an embedded cluster is decided by', () => {
  it('knows the links that npm cannot carry, on Linux and macOS', () => {
    expect(
      listLibraryLinks(['libpq.so.5.18', 'libz.so.1', 'libpq.a', 'pkgconfig', 'libicudata.77.1.dylib', 'libz.dylib', 'libz.1.dylib']),
    ).toEqual([
      { name: 'libpq.so', target: 'libpq.so.5.18' },
      { name: 'libpq.so.5', target: 'libpq.so.5.18' },
      { name: 'libz.so', target: 'libz.so.1' },
      { name: 'libicudata.dylib', target: 'libicudata.77.1.dylib' },
      { name: 'libicudata.77.dylib', target: 'libicudata.77.1.dylib' },
    ])
  })

  it('gives the caches a share of the memory between two bounds', () => {
    expect(shareOfMemory(8 * 1024 ** 3, 1 / 16, 128, 1024)).toBe('512MB')
    expect(demoSettingsFor(1024 ** 3)['shared_buffers']).toBe('128MB')
    expect(demoSettingsFor(256 * 1024 ** 3)['shared_buffers']).toBe('1024MB')
  })

  it('reads a process from ps as it does from /proc', () => {
    const fromPs = readFromPs(process.pid)
    expect(fromPs).toMatchObject({ pid: process.pid, parentPid: process.ppid })
    expect(fromPs?.startMark).toMatch(/^\w+_\w+_\d+_[\d:]+_\d+$/)
    expect(fromPs?.command.length).toBeGreaterThan(1)
  })
})
