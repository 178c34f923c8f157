import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { watch } from '../kit/watchRun.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

interface Changed {
  readonly runsChanged: { readonly id: string; readonly name: string; readonly status: string; readonly phase: string }
}
const CHANGES = 'subscription { runsChanged { id name status phase } }'

/** How a handshake for a WebSocket with this Origin ends. */
const handshake = (origin: string | undefined): Promise<string> =>
  new Promise(resolve => {
    const socket = new WebSocket(
      `${kit.server.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
      origin === undefined ? {} : { origin },
    )
    socket.on('open', () => {
      socket.close()
      resolve('open')
    })
    socket.on('unexpected-response', (_, response) => resolve(`refused with ${response.statusCode}`))
    socket.on('error', error => resolve(error.message))
  })

describe('whoever watches a run', () => {
  it('is told each second and at each change, with the newest points, until the run is over', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 1, durationSeconds: 4 })
    const [one, other] = [kit.watch(id), kit.watch(id)]
    await Promise.all([one, other].map(watching => watching.first('prepared', ({ runUpdated }) => runUpdated.run.status === 'PREPARED')))
    await kit.start(id)
    const late = await one.first('measuring', ({ runUpdated }) => runUpdated.run.phase === 'MEASUREMENT').then(() => kit.watch(id))
    await Promise.all([one.ended, other.ended, late.ended])

    const statuses = [...new Set(one.updates.map(({ runUpdated }) => runUpdated.run.status))]
    expect(statuses).toEqual(['PREPARED', 'STARTING', 'RUNNING', 'STOPPING', 'COMPLETED'])
    const terminal = one.updates.filter(({ runUpdated }) => runUpdated.run.status === 'COMPLETED')
    expect(terminal).toHaveLength(1)
    expect(terminal[0]).toBe(one.updates.at(-1))

    // Every second of the load was told by one update or another.
    const told = new Set(one.updates.flatMap(({ runUpdated }) => runUpdated.newestPoints.map(({ elapsedSeconds }) => elapsedSeconds)))
    expect([...told].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5])
    const running = one.updates.filter(({ runUpdated }) => runUpdated.run.status === 'RUNNING')
    const moments = running.map(({ runUpdated }) => Date.parse(runUpdated.run.timing.serverNow))
    const gapsMs = moments.slice(1).map((moment, i) => moment - (moments[i] as number))
    expect(Math.max(...gapsMs), `between updates: ${gapsMs.join(', ')} ms`).toBeLessThan(2_000)

    // All are sent the same: one reading of the tables, whoever watches.
    const texts = new Set(one.updates.map(update => JSON.stringify(update)))
    expect(other.updates.filter(update => !texts.has(JSON.stringify(update)))).toEqual([])
    expect(late.updates.filter(update => !texts.has(JSON.stringify(update)))).toEqual([])
    expect(other.updates.at(-1)).toEqual(one.updates.at(-1))
  })

  it('that is over already is told its end, and that is all', async () => {
    const id = await kit.prepare()
    await kit.stop(id)
    const over = kit.watch(id)
    await over.ended
    expect(over.updates).toMatchObject([{ runUpdated: { run: { status: 'CANCELLED', phase: 'COMPLETED' } } }])
  })

  it('that does not exist is refused', async () => {
    await expect(kit.watch('nothing').ended).rejects.toThrow(/NOT_FOUND/)
  })

  it('with a document that is no good is refused', async () => {
    await expect(watch(kit.server.url, 'subscription { nonsense }').ended).rejects.toThrow(/nonsense/)
  })
})

describe('whoever watches all runs', () => {
  it('is told of each that is created or changes its state, in order, and of nothing before', async () => {
    await kit.prepare({}, { name: 'Before' })
    const changes = watch<Changed>(kit.server.url, CHANGES)
    // Nothing says when the subscription stands: runs are made until one is told.
    await until(
      'the subscription stands',
      async () => {
        await kit.prepare({}, { name: 'Sounding' })
        return changes.updates.length
      },
      told => told > 0,
    )
    const id = await kit.prepare({ warmupSeconds: 1, durationSeconds: 1 }, { name: 'Changing' })
    await kit.start(id)
    await changes.first('over', ({ runsChanged }) => runsChanged.id === id && runsChanged.status === 'COMPLETED')
    await changes.stop()
    const states = changes.updates
      .filter(({ runsChanged }) => runsChanged.id === id)
      .map(({ runsChanged }) => `${runsChanged.status} ${runsChanged.phase}`)
    const course = [
      'PREPARED PREPARING',
      'STARTING PREPARING',
      'RUNNING WARMUP',
      'RUNNING MEASUREMENT',
      'STOPPING PROCESSING',
      'COMPLETED COMPLETED',
    ]
    expect(states).toEqual(course.filter(state => states.includes(state)))
    expect(states).toEqual(expect.arrayContaining(['PREPARED PREPARING', 'RUNNING WARMUP', 'COMPLETED COMPLETED']))
    expect(new Set(changes.updates.map(({ runsChanged }) => runsChanged.name))).toEqual(new Set(['Sounding', 'Changing']))
  })

  it('is told of one that somebody notes something of', async () => {
    const id = await kit.prepare({})
    const changes = watch<Changed>(kit.server.url, CHANGES)
    // Nothing says when the subscription stands.
    await until(
      'it is told',
      async () => {
        await kit.graphql('mutation ($id: ID!) { annotateRun(id: $id, annotation: "seen") { id } }', { id })
        return changes.updates.some(({ runsChanged }) => runsChanged.id === id)
      },
      isTold => isTold,
    )
    await changes.stop()
  })
})

describe('a WebSocket', () => {
  it('is opened for programs, and for pages of this machine', async () => {
    expect(await handshake(undefined)).toBe('open')
    expect(await handshake(kit.server.url)).toBe('open')
    expect(await handshake('http://localhost:5173')).toBe('open')
  })

  it.each(['https://elsewhere.example', 'null', 'http://localhost.elsewhere.example'])('is refused for a page from %s', async origin => {
    expect(await handshake(origin)).toBe('refused with 401')
  })
})
