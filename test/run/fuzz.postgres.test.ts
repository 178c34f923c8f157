import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { buildSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { FUZZED_SECRET, type FuzzedRequest, fuzzDocuments } from '../kit/fuzzDocuments.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { SECRETS } from '../kit/secretSearch.ts'
import { seeded } from '../kit/seeded.ts'

const REQUESTS = 10_000
const AT_ONCE = 16
const MESSAGES = 300
/** Signs of what must stay inside. */
const INSIDE = /node_modules|\/dist\/|\.js:\d+|\n\s+at \S+ \(|INTERNAL_SERVER_ERROR/
const MOST_TOLD = 10

let kit: RunKit
let agent: Agent
beforeAll(async () => {
  SECRETS.note('the password that was sent', FUZZED_SECRET)
  kit = await openRunKit()
  agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
})
afterAll(async () => {
  agent.destroy()
  await kit.close()
})

interface Sent {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body: string
}

const send = (url: string, { method, path, body }: Sent): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { method, agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
      response => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })

/** A few are asked by GET, with the body in the address, or as well. */
const sentAs = (made: FuzzedRequest, n: number): Sent => {
  const body = bodyOf(made, n)
  if (n % 107 !== 0) return { method: 'POST', path: '/graphql', body }
  const address = new URLSearchParams({ query: made.query.slice(0, 1_000), variables: JSON.stringify(made.variables).slice(0, 1_000) })
  return { method: 'GET', path: `/graphql?${address}`, body: n % 2 === 0 ? body : '' }
}

/** A few requests have a body that is no JSON at all. */
const bodyOf = ({ query, variables }: FuzzedRequest, n: number): string => {
  if (n % 97 === 0) return JSON.stringify({ query, variables }).slice(0, -3)
  if (n % 101 === 0) return JSON.stringify([{ query }, { query }])
  if (n % 103 === 0) return JSON.stringify({ query: [query], variables: 'x', operationName: {}, extensions: 7 })
  if (n % 109 === 0) {
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
    return JSON.stringify({ ...(n % 2 === 0 ? { query } : {}), variables, extensions: { persistedQuery } })
  }
  return JSON.stringify({ query, variables, ...(n % 89 === 0 ? { operationName: 'Odd' } : {}) })
}

describe('a server that is sent nonsense', () => {
  it('answers each of ten thousand requests with words, none with its insides, and goes on', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.info(`seed ${seed}`)
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
    const templateId = await kit.createTemplate()
    const make = fuzzDocuments(schema, [templateId, await kit.prepare({}, templateId), kit.connectionId])
    const wrong: string[] = []
    const codes = new Map<string, number>()
    let next = 0
    const sendSome = async (): Promise<void> => {
      while (next < REQUESTS) {
        const n = next++
        const asked = sentAs(make(seeded(seed + n)), n)
        const { status, text } = await send(kit.server.url, asked)
        SECRETS.lookInAnswer(text)
        const code = /"code":"(\w+)"/.exec(text)?.[1] ?? (text.startsWith('{"data"') ? 'DATA' : text.slice(0, 60))
        codes.set(code, (codes.get(code) ?? 0) + 1)
        if (status >= 500 || INSIDE.test(text))
          wrong.push(
            `seed ${seed + n}: ${status} ${text.slice(0, 300)} for ${asked.method} ${asked.path.slice(0, 200)} ${asked.body.slice(0, 600)}`,
          )
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, sendSome))
    console.info(
      [...codes]
        .sort(([, a], [, b]) => b - a)
        .map(([code, times]) => `${code} ${times}`)
        .join(', '),
    )
    expect(wrong.slice(0, MOST_TOLD), `${wrong.length} of ${REQUESTS}`).toEqual([])
    expect(codes.get('DATA'), 'some are good').toBeGreaterThan(REQUESTS / 100)
    expect(codes.get('LIMIT_EXCEEDED'), 'some are too much').toBeGreaterThan(0)
    const unexpected = kit.server
      .output()
      .split('\n')
      .filter(line => / error /.test(line))
    expect(unexpected.slice(0, MOST_TOLD), `${unexpected.length} errors in its log`).toEqual([])
    expect((await fetch(`${kit.server.url}/health`)).status).toBe(200)
  })

  it('closes a WebSocket that is sent nonsense, with words, and answers the next one', async () => {
    const random = seeded(Math.floor(Math.random() * 2 ** 31))
    const make = fuzzDocuments(buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')), ['nothing'])
    const heard: string[] = []
    const talk = (): Promise<void> =>
      new Promise(resolve => {
        const socket = new WebSocket(`${kit.server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
        socket.on('open', () => {
          socket.send('{"type":"connection_init"}')
          for (let i = 0; i < 9; i++) socket.send(JSON.stringify({ id: `s${i}`, type: 'subscribe', payload: make(random) }))
          // Last, as one that is in use ends it.
          const id = random.pick(['s0', 'a'.repeat(200), '\u0000', '🙂'.repeat(100), '__proto__'])
          const payload = { ...make(random), operationName: random.pick(['Odd', '', null]), extensions: { persistedQuery: {} } }
          for (let i = 0; i < 2; i++) socket.send(JSON.stringify({ id, type: 'subscribe', payload }))
          socket.send(
            random.pick([
              '{',
              'null',
              '[]',
              '{"type":"odd"}',
              '{"type":"subscribe"}',
              '{"type":"complete","id":"never"}',
              'x'.repeat(1_100_000),
            ]),
          )
          socket.send('{"type":"connection_init"}')
        })
        socket.on('message', data => heard.push(String(data)))
        socket.on('close', (code, words) => {
          heard.push(`${code} ${words}`)
          resolve()
        })
        socket.on('error', () => undefined)
      })
    await Promise.all(Array.from({ length: MESSAGES / 10 }, talk))
    expect(heard.filter(text => INSIDE.test(text))).toEqual([])
    for (const text of heard) SECRETS.lookInAnswer(text)
    expect((await fetch(`${kit.server.url}/health`)).status).toBe(200)
    expect(kit.server.output()).not.toMatch(/ error /)
  })
})
