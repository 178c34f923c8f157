import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Engine, EngineConnection } from '../../worker/src/engines/engine.ts'
import { until } from '../kit/processes.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { engineOn, executeOn, statementOf } from '../kit/snowflakeLoad.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

const LOOKUP = 'SELECT * FROM ORDERS WHERE ORDER_ID = ?'

let sut: SnowflakeSut
let engine: Engine
let connection: EngineConnection
beforeAll(async () => {
  sut = await freshSnowflakeSut({ rows: 100 })
})
afterAll(() => sut?.drop())
beforeEach(async () => {
  sut.wire.dials.reset()
  sut.wire.clearLog()
  engine = engineOn(sut, { advanced: { connectTimeoutSeconds: 2, statementTimeoutSeconds: 30 } })
  connection = await engine.connect()
  return () => connection.destroy()
})

/** HTTP answers of a status from now on. */
const countAnswers = (status: number): (() => number) => {
  let count = 0
  const look = (message: unknown): void => {
    if ((message as { response: { statusCode: number } }).response.statusCode === status) count += 1
  }
  subscribe('http.client.response.finish', look)
  onTestFinished(() => void unsubscribe('http.client.response.finish', look))
  return () => count
}

const lookUp = (): ReturnType<typeof executeOn> => executeOn(connection, LOOKUP, [1])
/** With whether the driver has sent it again. */
const lookUpRetried = (): Promise<unknown> =>
  new Promise(resolve => connection.execute(statementOf(LOOKUP, 1), [1], (...ended) => resolve(ended)))
/** The server has begun with one more statement, or holds its request. */
const untilUnderWay = (): Promise<unknown> =>
  until(
    'a statement under way',
    () => sut.wire.dials.statementLatencyMs > 0 && sut.wire.counts().statements > 0,
    isUnderWay => isUnderWay,
  )

describe('an operation that is cancelled', () => {
  it.each(['CANCELLED', 'TIMEOUT'] as const)('ends as %s before the server has named it, and its connection goes on', async as => {
    expect(await lookUp()).toBeNull()
    sut.wire.clearLog()
    sut.wire.dials.statementLatencyMs = 60_000
    const ending = lookUp()
    await untilUnderWay()
    connection.cancel(as)
    expect(await ending).toMatchObject({ category: as })
    sut.wire.dials.reset()
    expect(connection.isOpen).toBe(true)
    expect(await lookUp()).toBeNull()
  })

  it('ends when the server has been asked for its answer again and again, too', async () => {
    sut.wire.dials.holdMs = 20
    sut.wire.dials.statementLatencyMs = 60_000
    const ending = lookUp()
    await until(
      'polls',
      () => sut.wire.counts().polls,
      polls => polls > 2,
    )
    connection.cancel('CANCELLED')
    expect(await ending).toMatchObject({ category: 'CANCELLED' })
  })

  it('is ended with its connection where the server keeps silent, once, and never sent again', async () => {
    const release = sut.wire.dials.holdAnswers('BEFORE_EXECUTION', 'QUERY')
    let ended = 0
    const ending = new Promise(resolve =>
      connection.execute({ name: 'x', text: LOOKUP, valueCount: 1 }, [1], failure => {
        ended += 1
        resolve(failure)
      }),
    )
    connection.cancel('TIMEOUT')
    connection.destroy()
    expect(await ending).toMatchObject({ category: 'TIMEOUT' })
    expect(connection.isOpen).toBe(false)
    release()
    connection = await engine.connect()
    expect(await lookUp()).toBeNull()
    expect(ended).toBe(1)
  })

  it('that nobody asked to cancel counts as a lost connection when its connection is destroyed', async () => {
    sut.wire.dials.statementLatencyMs = 60_000
    const ending = lookUp()
    await untilUnderWay()
    connection.destroy()
    expect(await ending).toMatchObject({ category: 'CONNECTION' })
  })
})

describe('an operation that takes longer than it may', () => {
  it('is ended by the server, which was told the limit with it', async () => {
    engine = engineOn(sut, { advanced: { statementTimeoutSeconds: 1 } })
    connection.destroy()
    connection = await engine.connect()
    sut.wire.dials.statementLatencyMs = 60_000
    expect(await lookUp()).toMatchObject({ category: 'TIMEOUT', sample: expect.stringMatching(/1 second/) })
    expect(connection.isOpen).toBe(true)
  })
})

describe('what the driver tries again by itself', () => {
  it.each([503, 429])('after HTTP status %d is told', async status => {
    expect(await lookUpRetried()).toEqual([null, false])
    sut.wire.dials.answerNext(1, status, 'QUERY')
    expect(await lookUpRetried()).toEqual([null, true])
    expect(await lookUpRetried()).toEqual([null, false])
  })

  it('after a dropped socket is executed once, and told', async () => {
    sut.wire.dials.dropNext(1, 'AFTER_EXECUTION', 'QUERY')
    const text = 'UPDATE ORDERS SET NOTE = ? WHERE ORDER_ID = ?'
    expect(await new Promise(resolve => connection.execute(statementOf(text, 2), ['x', 1], (...ended) => resolve(ended)))).toEqual([
      null,
      true,
    ])
    const sent = sut.wire.statements().filter(({ kind }) => kind === 'UPDATE')
    expect(sent).toMatchObject([{ timesReceived: 2 }])
  })

  it('when it asks for a late answer is told', async () => {
    sut.wire.dials.holdMs = 20
    sut.wire.dials.statementLatencyMs = 200
    expect(await lookUpRetried()).toEqual([null, false])
    sut.wire.dials.answerNext(1, 503, 'POLL')
    expect(await lookUpRetried()).toEqual([null, true])
  })

  it.each([
    ['TIMEOUT', { category: 'THROTTLED', sample: expect.stringMatching(/tried \d+ times? .* HTTP status 503/) }],
    ['CANCELLED', { category: 'CANCELLED' }],
  ] as const)('until its operation ends as %s was turned away, and costs no session', async (as, failure) => {
    const { logins } = sut.wire.counts()
    sut.wire.dials.answerNext(100, 503, 'QUERY')
    const turnedAway = countAnswers(503)
    const ending = lookUp()
    await until('the driver pauses', turnedAway, count => count > 0)
    connection.cancel(as)
    // In the same turn, or as soon as the try that is on its way has failed: the driver's pause is a second and more.
    expect(await ending).toMatchObject(failure)
    sut.wire.dials.reset()
    expect(connection.isOpen).toBe(true)
    expect(await lookUp()).toBeNull()
    expect(sut.wire.statements().filter(({ text }) => text === LOOKUP)).toHaveLength(1)
    expect(sut.wire.counts().logins).toBe(logins)
  })

  it('is not settled while a try is on its way', async () => {
    const release = sut.wire.dials.holdAnswers('BEFORE_EXECUTION', 'QUERY')
    let hasEnded = false
    const ending = lookUp().finally(() => {
      hasEnded = true
    })
    await new Promise(resolve => setImmediate(resolve))
    connection.cancel('TIMEOUT')
    await new Promise(resolve => setImmediate(resolve))
    expect(hasEnded).toBe(false)
    connection.destroy()
    release()
    expect(await ending).toMatchObject({ category: 'TIMEOUT' })
  })

  it('is a session token that has expired, renewed unseen in the midst of the load', async () => {
    expect(await lookUp()).toBeNull()
    sut.wire.expireTokens()
    expect(await lookUp()).toBeNull()
    expect(sut.wire.counts()).toMatchObject({ renewals: 1 })
    expect(connection.isOpen).toBe(true)
  })
})

describe('the look at the table', () => {
  it('that takes too long is told apart from a sign-in that does', async () => {
    engine = engineOn(sut, { advanced: { startupTimeoutSeconds: 1 } })
    sut.wire.dials.statementLatencyMs = 60_000
    const error = (await engine.profile(samplePlan().target, 1).catch((refused: unknown) => refused)) as Error
    expect(error).toMatchObject({ name: 'WorkerFailure' })
    expect(error.message).toMatch(
      /The look at BENCH\.PUBLIC\.ORDERS .* took too long: .* within 0\.8 s\. Raise the template's startup timeout/,
    )
  })
})

describe('a session', () => {
  it('that the server has ended is lost with the operation that finds out', async () => {
    expect(await lookUp()).toBeNull()
    await sut.wire.endSessions()
    expect(await lookUp()).toMatchObject({ category: 'CONNECTION' })
    expect(connection.isOpen).toBe(false)
  })

  it('is not granted when the server does not answer in time', async () => {
    const release = sut.wire.dials.holdAnswers('BEFORE_EXECUTION', 'LOGIN')
    const error = await engine.connect().catch((refused: unknown) => refused)
    release()
    expect(engine.failureOf(error)).toMatchObject({ category: 'CONNECTION' })
    expect(engine.explainRefusal(error)).toMatch(/did not answer in time/)
  })

  it('is not granted in an outage', async () => {
    const end = await sut.wire.dials.startOutage('REFUSED')
    const error = await engine.connect().catch((refused: unknown) => refused)
    await end()
    expect(engine.failureOf(error)).toMatchObject({ category: 'CONNECTION' })
    expect(engine.explainRefusal(error)).toMatch(/Nothing answers/)
  })
})

describe('a failure', () => {
  it.each([
    ['CONSTRAINT', 'INSERT INTO ORDERS SELECT * FROM ORDERS WHERE ORDER_ID = 1'],
    ['MISSING_OBJECT', 'SELECT NOPE FROM ORDERS'],
    ['MISSING_OBJECT', 'SELECT * FROM NOPE'],
    ['SYNTAX', 'SELEC 1'],
    ['DATA', "SELECT CAST('abc' AS NUMBER)"],
  ])('is counted as %s: %s', async (category, text) => {
    if (category === 'CONSTRAINT') {
      const hybrid = await freshSnowflakeSut({ rows: 5, tableType: 'HYBRID' })
      const other = await engineOn(hybrid).connect()
      expect(await executeOn(other, text)).toMatchObject({ category })
      other.destroy()
    } else expect(await executeOn(connection, text)).toMatchObject({ category })
    expect(connection.isOpen).toBe(true)
  })
})
