import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildSchema, type ExecutionResult, type FormattedExecutionResult, type GraphQLSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Fanout, openFanout, type Receiver, type SharedQuestion } from '../../server/src/api/fanout/fanout.ts'
import { CLOSE, Line } from '../../server/src/api/fanout/line.ts'
import { type Sharing, sharingOf } from '../../server/src/api/fanout/sharing.ts'
import { Broadcast } from '../../server/src/live/broadcast.ts'
import { until } from '../kit/processes.ts'

/** A subscription that counts what is done for it. */
const counted = () => {
  const done = { sources: 0, executions: 0, left: 0 }
  const broadcast = new Broadcast<number>(() => {
    done.left++
  })
  const schema: GraphQLSchema = buildSchema('type Query { no: Int } type Subscription { told(from: Int): Int! }')
  const field = schema.getSubscriptionType()?.getFields()['told']
  if (field === undefined) throw new Error('no field')
  field.subscribe = (_root: unknown, { from }: { from?: number }) => {
    if (from === 13) throw new Error('not this one')
    done.sources++
    return broadcast.subscribe('all')
  }
  field.resolve = (value: unknown) => {
    done.executions++
    return value
  }
  const question = (from = 0, rights = 'VIEWER', sharing: Sharing = 'NEWEST'): SharedQuestion => {
    const text = `subscription { told(from: ${from}) }`
    return { schema, document: parse(text), contextValue: {}, key: JSON.stringify([text, rights]), sharing }
  }
  return { done, broadcast, question }
}

const receiver = () => {
  const heard: string[] = []
  const told: Receiver = { send: payload => heard.push(payload.toString()), catchUp: () => heard.push('caught up') }
  return { heard, told }
}

const open = (): Fanout =>
  openFanout((result: ExecutionResult): FormattedExecutionResult => JSON.parse(JSON.stringify(result)) as FormattedExecutionResult)

const joined = async (fanout: Fanout, question: SharedQuestion, told: Receiver): Promise<AsyncIterableIterator<never>> => {
  const answer = await fanout.join(question, told)
  if (!(Symbol.asyncIterator in answer)) throw new Error(JSON.stringify(answer))
  return answer
}

describe('those who ask the same', () => {
  it('share one source, one execution and the very same bytes; who comes late is told the newest', async () => {
    const { done, broadcast, question } = counted()
    const fanout = open()
    const payloads: Buffer[] = []
    const crowd = await Promise.all(
      Array.from({ length: 600 }, () => joined(fanout, question(), { send: payload => payloads.push(payload), catchUp: () => undefined })),
    )
    broadcast.publish(7)
    await until(
      'all are told',
      () => payloads.length,
      told => told === 600,
    )
    expect(done).toMatchObject({ sources: 1, executions: 1 })
    expect(new Set(payloads).size).toBe(1)
    expect(payloads[0]?.toString()).toBe('{"data":{"told":7}}}')

    const late = receiver()
    const last = await joined(fanout, question(), late.told)
    expect(late.heard).toEqual(['{"data":{"told":7}}}'])
    expect(fanout.count()).toEqual({ questions: 1, receivers: 601 })
    for (const one of [...crowd, last]) await one.return?.()
    expect(fanout.count()).toEqual({ questions: 0, receivers: 0 })
    await until(
      'the source is left',
      () => done.left,
      left => left === 1,
    )
  })

  it('are told events from now on only', async () => {
    const { broadcast, question } = counted()
    const fanout = open()
    const [early, late] = [receiver(), receiver()]
    await joined(fanout, question(0, 'VIEWER', 'EVENTS'), early.told)
    broadcast.publish(1)
    await until(
      'the first is told',
      () => early.heard.length,
      told => told === 1,
    )
    await joined(fanout, question(0, 'VIEWER', 'EVENTS'), late.told)
    broadcast.publish(2)
    await until(
      'both are told',
      () => late.heard.length,
      told => told === 1,
    )
    expect(late.heard).toEqual(['{"data":{"told":2}}}'])
  })

  it('do not share with others: another argument, or other rights', async () => {
    const { done, question } = counted()
    const fanout = open()
    for (const asked of [question(0), question(1), question(0, 'ADMIN'), question(0)]) await joined(fanout, asked, receiver().told)
    expect(done.sources).toBe(3)
  })

  it('are all told the end, after what was kept back; and each is refused with the error', async () => {
    const { broadcast, question } = counted()
    const fanout = open()
    const one = receiver()
    const iterated = await joined(fanout, question(), one.told)
    broadcast.end()
    expect(await iterated.next()).toEqual({ value: undefined, done: true })
    expect(one.heard).toEqual(['caught up'])
    expect(fanout.count().questions).toBe(0)
    for (const answer of await Promise.all([1, 2].map(() => fanout.join(question(13), receiver().told)))) {
      expect(answer).toMatchObject({ errors: [{ message: 'not this one' }] })
    }
    expect(fanout.count().questions).toBe(0)
  })

  it('are known by the document: the state of a run and changes of runs are shared, a log is not', () => {
    const of = (text: string): Sharing | null => sharingOf(parse(text), null)
    expect(of('subscription { runUpdated(runId: 1) { run { id } } }')).toBe('NEWEST')
    expect(of('subscription { x: runsChanged { id } }')).toBe('EVENTS')
    expect(of('subscription { runLogs(runId: 1) { id } }')).toBeNull()
    expect(of('subscription { ...A } fragment A on Subscription { runsChanged { id } }')).toBeNull()
  })
})

/** A line of a server to a client that has stopped to read. */
const withFrozen = async (work: (line: Line, client: WebSocket, words: string[]) => Promise<void>): Promise<void> => {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  if (client.readyState !== client.OPEN) await once(client, 'open')
  client.pause()
  const words: string[] = []
  try {
    await work(new Line(socket, 0, (_line, because) => words.push(because)), client, words)
  } finally {
    client.terminate()
    server.close()
    http.close()
  }
}

const LARGE = Buffer.from(`${JSON.stringify({ data: 'x'.repeat(4_000_000) })}}`)

describe('a subscriber that does not read', () => {
  it('is kept the newest state, and is told it when it reads again', () =>
    withFrozen(async (line, client, words) => {
      const told = line.receiver('a "b"', 'NEWEST')
      for (let i = 0; i < 6; i++) told.send(LARGE)
      told.send(Buffer.from('{"data":"newest"}}'))
      line.look(1_000)
      const heard: string[] = []
      client.on('message', data => heard.push(String(data)))
      client.resume()
      await until(
        'it has read',
        () => line.socket.bufferedAmount,
        waiting => waiting === 0,
      )
      line.look(2_000)
      await until(
        'it is told the newest',
        () => heard.at(-1)?.slice(0, 80),
        last => last === '{"id":"a \\"b\\"","type":"next","payload":{"data":"newest"}}',
      )
      expect(heard.length).toBeLessThan(7)
      expect(words).toEqual([])
    }))

  it('is closed after ten seconds, and reads why', () =>
    withFrozen(async (line, client, words) => {
      const told = line.receiver('1', 'NEWEST')
      for (let i = 0; i < 6; i++) told.send(LARGE)
      line.look(1_000)
      line.look(10_900)
      expect(line.isOpen).toBe(true)
      line.look(11_000)
      expect(line.isOpen).toBe(false)
      const closed = once(client, 'close')
      client.resume()
      const [code, reason] = (await closed) as [number, Buffer]
      expect([code, String(reason)]).toEqual([CLOSE.SLOW, words[0]])
      expect(words[0]).toMatch(/^Too slow: .* MB wait to be read/)
    }))

  it('is closed at once with sixteen megabytes of events, and after a ping that it never answers', async () => {
    await withFrozen(async (line, _client, words) => {
      const told = line.receiver('1', 'EVENTS')
      for (let i = 0; i < 10 && line.isOpen; i++) told.send(LARGE)
      expect(words).toHaveLength(1)
    })
    await withFrozen(async (line, _client, words) => {
      line.look(12_000)
      line.look(24_000)
      expect(words).toEqual(['Too slow: no answer to a ping within 12 s. Connect again.'])
    })
  })
})
