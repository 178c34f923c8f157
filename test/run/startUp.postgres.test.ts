import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'
import { listProcessesOn } from '../kit/embeddedHome.ts'
import { graphql } from '../kit/graphql.ts'
import { ownServers } from '../kit/ownServers.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import { openRunKit } from '../kit/runKit.ts'
import { runServer } from '../kit/startServer.ts'

vi.setConfig({ testTimeout: 120_000 })

const { home, serve } = ownServers()

/** A server that needs no database of its own making. */
const small = (controlUrl: string): Readonly<Record<string, string>> => ({ CONTROL_DATABASE_URL: controlUrl, FLAKEBENCH_DEMO_ROWS: '0' })

describe('a server that cannot start', () => {
  it('says that its port is taken, and how to choose another', async () => {
    const { url } = await freshControlDatabase()
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const { code, output } = await runServer({ home: home(), environment: small(url), args: ['--port', String(port)] })
    taken.close()
    expect(code).toBe(1)
    expect(output).toContain(`Port ${port} is taken by another program. Stop it, or choose another port: npm start -- --port ${port + 1}`)
    expect(output).not.toMatch(/^\s+at /m)
  })

  it('says that its home is not writable, and how to choose another', async () => {
    const inTheWay = join(home(), 'file')
    writeFileSync(inTheWay, '')
    const { code, output } = await runServer({ home: join(inTheWay, 'home') })
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`The data directory ${inTheWay}/home is not writable by \\S+: choose another with FLAKEBENCH_HOME`))
    expect(output).not.toMatch(/^\s+at /m)
  })

  it('names the process that has its home', async () => {
    const { url } = await freshControlDatabase()
    const path = home()
    const first = await serve({ home: path, environment: small(url) })
    const { code, output } = await runServer({ home: path, environment: small(url) })
    expect(code).toBe(1)
    expect(output).toContain(`FlakeBench already runs on ${path} (process ${first.pid})`)
    expect((await fetch(`${first.url}/health`)).status).toBe(200)
  })

  it('lists every fault of its settings', async () => {
    const environment = {
      CONTROL_DATABASE_URL: 'mysql://nowhere',
      CONTROL_DATABASE_SCHEMA: 'No Schema',
      FLAKEBENCH_CREDENTIAL_KEY: 'short',
      FLAKEBENCH_DEMO_ROWS: 'many',
    }
    const path = home()
    const { code, output } = await runServer({ home: path, environment, args: ['--port', '70000', 'dance'] })
    expect(code).toBe(1)
    for (const part of [
      'the port',
      '70000',
      'FLAKEBENCH_DEMO_ROWS',
      'CONTROL_DATABASE_URL',
      'CONTROL_DATABASE_SCHEMA',
      'FLAKEBENCH_CREDENTIAL_KEY',
      'dance',
    ]) {
      expect(output).toContain(part)
    }
    expect(output).not.toMatch(/^\s+at /m)
    expect(readdirSync(path)).toEqual([])
  })

  it.each([[['--port', '0']], [['init-db']]])('says where no control database answers: %s', async args => {
    const { code, output } = await runServer({ home: home(), environment: small('postgresql://nobody@127.0.0.1:1/nothing'), args })
    expect(code).toBe(1)
    expect(output).toMatch(/control database/i)
    expect(output).toContain('127.0.0.1:1')
    expect(output).not.toMatch(/^\s+at /m)
  })
})

describe('a control database of somebody else', () => {
  it('needs init-db once, which may be run again', async () => {
    const { url, adminUrl, adminSchema } = await freshControlDatabase()
    await asAdmin(adminUrl, admin => admin.query(`DROP SCHEMA "${adminSchema('test_results')}" CASCADE`))
    const path = home()
    const refused = await runServer({ home: path, environment: small(url) })
    expect(refused.code).toBe(1)
    expect(refused.output).toContain('npm run init-db')
    expect(refused.output).not.toMatch(/^\s+at /m)
    for (const again of [1, 2]) {
      const { code, output } = await runServer({ home: path, environment: small(url), args: ['init-db'] })
      expect(code, `time ${again}: ${output}`).toBe(0)
      expect(output).toContain('The control tables are in schema test_results')
    }
    const server = await serve({ home: path, environment: small(url) })
    expect(await graphql(server.url, 'query { runs { totalCount } }')).toEqual({ runs: { totalCount: 0 } })
  })

  it('of an earlier version is refused until init-db has completed it, with what it lacks', async () => {
    const { url, adminUrl, adminSchema } = await freshControlDatabase()
    const table = `"${adminSchema('test_results')}".run_status`
    await asAdmin(adminUrl, admin => admin.query(`ALTER TABLE ${table} DROP COLUMN orchestrator_url`))
    const path = home()
    const { code, output } = await runServer({ home: path, environment: small(url) })
    expect(code).toBe(1)
    expect(output).toContain('missing: run_status.orchestrator_url')
    expect(output).toContain('npm run init-db')
    expect((await runServer({ home: path, environment: small(url), args: ['init-db'] })).code).toBe(0)
    expect((await fetch(`${(await serve({ home: path, environment: small(url) })).url}/health`)).status).toBe(200)
  })

  it('may be initialised in a schema of another name', async () => {
    const { url } = await freshControlDatabase()
    const environment = { ...small(url), CONTROL_DATABASE_SCHEMA: 'elsewhere' }
    const path = home()
    expect((await runServer({ home: path, environment, args: ['init-db'] })).code).toBe(0)
    const server = await serve({ home: path, environment })
    expect(await graphql(server.url, 'query { templates { totalCount } }')).toEqual({ templates: { totalCount: 0 } })
  })

  it('is asked for where init-db has none', async () => {
    const { code, output } = await runServer({ home: home(), args: ['init-db'] })
    expect(code).toBe(1)
    expect(output).toContain('CONTROL_DATABASE_URL')
  })
})

describe('Ctrl-C', () => {
  it('ends the runs that go on, their workers, and the server', async () => {
    const kit = await openRunKit()
    try {
      const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 600 })
      await kit.start(id)
      await until(
        'operations end',
        async () => (await kit.heartbeats(id)).reduce((sum, beat) => sum + beat.operations, 0),
        ended => ended > 0,
      )
      const { code } = await kit.server.end('SIGINT')
      expect(code).toBe(130)
      expect(listProcessesWith(id)).toEqual([])
      expect(await kit.record(id)).toMatchObject({
        status: 'CANCELLED',
        completionReason: 'USER_REQUESTED',
        cancellationReason: 'The server was stopped',
      })
    } finally {
      await kit.close()
    }
  })
})

describe('a server with databases of its own', () => {
  const environment = { FLAKEBENCH_DEMO_ROWS: '2000' }

  it('comes up from nothing with templates that run, and leaves nothing running behind', async () => {
    const path = home()
    const server = await serve({ home: path, environment })
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    const { templates } = await graphql<{ templates: { edges: { node: { id: string; name: string; load: { mode: string } } }[] } }>(
      server.url,
      'query { templates { edges { node { id name load { mode } } } } }',
    )
    expect(templates.edges.map(({ node }) => node.name)).toEqual([
      'Point lookups',
      'Read/write 80/20',
      'Write-heavy',
      'Steady rate',
      'How many connections',
    ])
    // A search takes as long as it takes.
    for (const { node } of templates.edges.filter(edge => edge.node.load.mode !== 'FIND_MAX_CONCURRENCY')) {
      const { prepareRun } = await graphql<{ prepareRun: { id: string } }>(
        server.url,
        `mutation { prepareRun(templateId: "${node.id}", overrides: { warmupSeconds: 0, durationSeconds: 1, targetConnections: 2 }) { id } }`,
      )
      await graphql(server.url, `mutation { startRun(id: "${prepareRun.id}") { id } }`)
      const run = await until(
        `${node.name} is over`,
        async () =>
          (
            await graphql<{ run: { status: string; result: { totalOperations: number; failedOperations: number } | null } }>(
              server.url,
              `query { run(id: "${prepareRun.id}") { status result { totalOperations failedOperations } } }`,
            )
          ).run,
        ({ status }) => ['COMPLETED', 'FAILED', 'CANCELLED'].includes(status),
      )
      expect(run).toMatchObject({ status: 'COMPLETED', result: { failedOperations: 0 } })
      expect(run.result?.totalOperations).toBeGreaterThan(0)
    }
    await server.end('SIGTERM')
    expect(listProcessesOn(path)).toEqual([])
  })

  it('that is killed leaves them to the next one, which takes them over', async () => {
    const path = home()
    const first = await serve({ home: path, environment })
    const before = await graphql(first.url, 'query { templates { edges { node { id } } } }')
    await first.end('SIGKILL')
    expect(listProcessesOn(path).length).toBeGreaterThan(0)
    const second = await serve({ home: path, environment })
    expect(second.output()).toMatch(/Control database.*\(adopted\)/)
    expect(second.output()).toMatch(/Demo database.*\(adopted\)/)
    expect(await graphql(second.url, 'query { templates { edges { node { id } } } }')).toEqual(before)
    await second.end('SIGINT')
    expect(listProcessesOn(path)).toEqual([])
  })

  it('finds its templates again after it was stopped in good order', async () => {
    const path = home()
    const first = await serve({ home: path, environment })
    const before = await graphql(first.url, 'query { templates { edges { node { id } } } }')
    await first.end('SIGTERM')
    mkdirSync(join(path, 'runs'), { recursive: true })
    const second = await serve({ home: path, environment })
    expect(second.output()).toMatch(/Control database.*\(started\)/)
    expect(await graphql(second.url, 'query { templates { edges { node { id } } } }')).toEqual(before)
  })
})
