import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type GraphqlAnswer, refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit({ rows: 1 })
})
afterAll(() => kit.close())

const post = async (body: string): Promise<{ readonly status: number; readonly code: string | undefined; readonly message: string }> => {
  const response = await fetch(`${kit.server.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { errors } = (await response.json()) as GraphqlAnswer<unknown>
  return { status: response.status, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message ?? '' }
}

interface Talk {
  readonly heard: readonly { readonly id?: string; readonly type: string; readonly payload?: unknown }[]
  readonly closed: string
}

/** Opens a WebSocket, says what is to be said, and hears until it is closed, or `isEnough`. */
const talk = (messages: readonly string[], isEnough: (heard: Talk['heard']) => boolean = () => false): Promise<Talk> =>
  new Promise(resolve => {
    const heard: { type: string }[] = []
    const socket = new WebSocket(`${kit.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
    socket.on('open', () => socket.send('{"type":"connection_init"}'))
    socket.on('message', data => {
      const message = JSON.parse(String(data)) as { type: string }
      heard.push(message)
      if (message.type === 'connection_ack') for (const text of messages) socket.send(text)
      else if (isEnough(heard)) socket.close(1000)
    })
    socket.on('close', (code, words) => resolve({ heard, closed: `${code} ${words}` }))
  })

const subscribe = (id: string, query: string): string => JSON.stringify({ id, type: 'subscribe', payload: { query } })

const DEEP = `{ ${'run(id: "1") { plan { '.repeat(10)}name${' } }'.repeat(10)} }`

describe('too much over HTTP', () => {
  it('is refused with the limit and what to do, as bodies that cannot be read are', async () => {
    expect(await refusalOf(kit.server.url, DEEP)).toMatchObject({
      message: expect.stringContaining('nested 15'),
      extensions: { code: 'LIMIT_EXCEEDED' },
    })
    expect(await post(JSON.stringify({ query: `{ health { ok } } # ${'x'.repeat(1_100_000)}` }))).toMatchObject({
      status: 413,
      code: 'LIMIT_EXCEEDED',
    })
    expect(await post('{"query":')).toMatchObject({ status: 400, code: 'BAD_REQUEST', message: expect.stringContaining('send JSON') })
    const costly = '{ runs(first: 5000) { edges { node { history(maxPoints: 5000) { qps } } } } }'
    expect(await refusalOf(kit.server.url, costly)).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } })
  })

  it('is no way around: neither by GET, nor by a document that is not sent along', async () => {
    const query = '{ health { ok } }'
    const asked = await fetch(`${kit.server.url}/graphql?query=${encodeURIComponent(query)}`, {
      headers: { 'apollo-require-preflight': '1' },
    })
    expect({ status: asked.status, allow: asked.headers.get('allow'), ...((await asked.json()) as object) }).toMatchObject({
      status: 405,
      allow: 'POST',
      errors: [{ message: expect.stringContaining('by POST'), extensions: { code: 'BAD_REQUEST' } }],
    })
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
    for (const body of [{ query, extensions: { persistedQuery } }, { extensions: { persistedQuery } }])
      expect((await post(JSON.stringify(body))).message).toMatch(/PersistedQueryNotSupported/)
    const deep = `{ __schema { types { fields { type ${'{ ofType '.repeat(20)}{ name }${' }'.repeat(20)} } } } }`
    expect(await post(JSON.stringify({ query: deep }))).toMatchObject({ status: 400, code: 'LIMIT_EXCEEDED' })
  })

  it('or what no database can keep is refused as what it is', async () => {
    const nul = { query: 'query ($id: ID!) { run(id: $id) { id } }', variables: { id: 'a\0' } }
    expect(await post(JSON.stringify(nul))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
    const nothing = { query: 'query ($first: Int = 1) { runs(first: $first) { totalCount } }', variables: { first: null } }
    expect(await post(JSON.stringify(nothing))).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' })
  })

  it('a subscription is sent to the WebSocket', async () => {
    expect(await refusalOf(kit.server.url, 'subscription { runsChanged { id } }')).toMatchObject({
      message: expect.stringContaining('WebSocket'),
    })
  })
})

describe('too much over a WebSocket', () => {
  it('is refused in the same words', async () => {
    const { heard } = await talk([subscribe('a', DEEP)], all => all.some(({ type }) => type === 'error'))
    expect(heard.at(-1)).toMatchObject({
      id: 'a',
      type: 'error',
      payload: [{ message: expect.stringContaining('nested 15'), extensions: { code: 'LIMIT_EXCEEDED' } }],
    })
  })

  it('of subscriptions refuses the one that is too many, and keeps the others', async () => {
    const asked = Array.from({ length: 101 }, (_, i) => subscribe(`s${i}`, 'subscription { runsChanged { id } }'))
    const { heard } = await talk(asked, all => all.some(({ type }) => type === 'error'))
    expect(heard.filter(({ type }) => type === 'error')).toMatchObject([
      { id: 's100', payload: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] },
    ])
  })

  it('with an id that is in use, however long, closes it with words', async () => {
    const id = 'x'.repeat(5_000)
    const asked = subscribe(id, 'subscription { runsChanged { id } }')
    const { closed } = await talk([asked, asked])
    expect(closed).toMatch(/^4409 Subscriber for x+…$/)
    expect(kit.server.output()).not.toMatch(/ error /)
  })

  it('in one message closes it, with words', async () => {
    expect((await talk(['x'.repeat(1_048_577)])).closed).toBe('1009 A message may have 1048576 bytes: send less at once.')
  })
})

describe('a request that fails outside of GraphQL', () => {
  it('is answered with words in JSON, and nothing of the inside', async () => {
    for (const [method, path] of [
      ['GET', '/exports/%E0%A4%A/x'],
      ['POST', '/runs/%E0%A4%A/reports'],
    ] as const) {
      const answer = await fetch(`${kit.server.url}${path}`, { method })
      expect(answer.status, path).toBe(400)
      expect(await answer.json()).toEqual({ error: 'The request cannot be read: look at its address and its body.' })
    }
    expect(kit.server.output()).not.toMatch(/ at \S+ \(/)
  })
})
