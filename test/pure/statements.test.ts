import { Buffer } from 'node:buffer'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inspection, InspectionRequest } from '@flakebench/contract'
import { type ConnectionRecord, SnowflakeFailure } from '@flakebench/store'
import { describe, expect, it, onTestFinished } from 'vitest'
import { logTo } from '../../server/src/log.ts'
import { type Inspector, openInspector } from '../../server/src/statements/inspector.ts'
import { takeTurns } from '../../server/src/statements/turns.ts'
import { carefulSignIns, type SignIns } from '../../server/src/warehouse/carefulSignIns.ts'
import { refusedUsers } from '../../server/src/warehouse/refusedUsers.ts'
import { shownValue } from '../../worker/src/inspect/shownValue.ts'
import { untriable } from '../../worker/src/inspect/untriable.ts'
import { samplePlan } from '../kit/samplePlan.ts'

const REQUEST: InspectionRequest = { action: 'STATEMENTS', plan: samplePlan() }
const NEVER = new AbortController().signal

/** One whose processes do this when they are asked; with what it logs. */
const inspectorThat = (
  program: string,
  limits: { readonly limitMs?: number } = {},
): { inspector: Inspector; signIns: SignIns; logged: string[]; started: () => number } => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-inspect-'))
  const workerMain = join(folder, 'main.mjs')
  const starts = join(folder, 'starts')
  writeFileSync(workerMain, `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(starts)}, 'x')\n${program}`)
  writeFileSync(starts, '')
  const logged: string[] = []
  const signIns = carefulSignIns(() => performance.now())
  const inspector = openInspector({
    workerMain,
    signIns,
    environment: {},
    log: logTo({ write: (line: string) => logged.push(line) > 0 } as never),
    ...limits,
  })
  onTestFinished(async () => {
    await inspector.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { inspector, signIns, logged, started: () => readFileSync(starts, 'utf8').length }
}

const answering = (answer: object): string => `process.once('message', () => process.send(${JSON.stringify(answer)}, () => process.exit()))`
const REFUSED = { type: 'FAILED', problem: 'Wrong password', isUserRefused: true }
const HELD = { ...REFUSED, problem: 'Wrong password. It is not tried again for a minute, so that the user is not locked out' }
const saved = (version: number): ConnectionRecord => ({ id: 'c', type: 'SNOWFLAKE', version, settings: { role: null } }) as never
const problemIn = (answer: Inspection): string => (answer.type === 'FAILED' ? answer.problem : '')

describe('a look at a table in a process of its own', () => {
  it('hands over what is asked in a message, and its answer back', async () => {
    const { inspector } = inspectorThat(
      `process.once('message', asked => process.send({ asked, args: process.argv.slice(2) }, () => process.exit()))`,
    )
    expect(await inspector.inspect(REQUEST, null, NEVER)).toEqual({ asked: JSON.parse(JSON.stringify(REQUEST)), args: ['inspect'] })
  })

  it('tells when the process dies, and logs what it said', async () => {
    const { inspector, logged } = inspectorThat(`process.stderr.write('no room'); process.exitCode = 3; process.disconnect()`)
    expect(problemIn(await inspector.inspect(REQUEST, null, NEVER))).toMatch(/was ended \(exit code 3\): ask again/)
    expect(logged.join('')).toContain('no room')
  })

  it('ends one that takes too long, and one that nobody waits for', async () => {
    const { inspector } = inspectorThat(`process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1_000)`, { limitMs: 300 })
    expect(problemIn(await inspector.inspect(REQUEST, null, NEVER))).toMatch(/was ended: check that the database answers/)
    const given = new AbortController()
    const looking = inspector.inspect(REQUEST, null, given.signal)
    given.abort()
    expect(problemIn(await looking)).toBe('The look at the table was given up')
  })

  it('asks no second time for a user who was just refused, where that would lock them', async () => {
    const { inspector, started } = inspectorThat(answering(REFUSED))
    expect(await inspector.inspect(REQUEST, saved(1), NEVER)).toEqual(REFUSED)
    for (let i = 0; i < 4; i++) expect(await inspector.inspect(REQUEST, saved(1), NEVER)).toEqual(HELD)
    expect(started()).toBe(1)
    await inspector.inspect(REQUEST, saved(2), NEVER)
    expect(started()).toBe(2)
  })

  it('asks one at a time for a user who is not known yet, and with all that sign in for them here', async () => {
    const { inspector, signIns, started } = inspectorThat(answering(REFUSED))
    const looks = [1, 2].map(() => inspector.inspect(REQUEST, saved(1), NEVER))
    // They have their turns now.
    await new Promise(resolve => setImmediate(resolve))
    let asked = 0
    const question = signIns.run(saved(1), async () => ++asked)
    await expect(question).rejects.toThrow('Wrong password. It is not tried again for a minute, so that the user is not locked out')
    expect(await Promise.all(looks)).toEqual([REFUSED, HELD])
    expect([started(), asked]).toEqual([1, 0])
    const refused = signIns.run(saved(2), () => Promise.reject(new SnowflakeFailure('SERVER', '390100', '08001', 'No.')))
    const held = inspector.inspect(REQUEST, saved(2), NEVER)
    await expect(refused).rejects.toThrow('No.')
    expect(problemIn(await held)).toMatch(/^No \(390100\): check user and secret of the connection\. It is not tried again/)
    expect(started()).toBe(1)
  })

  it('waits no longer for the sign-in ahead than its own time', async () => {
    const { inspector, signIns, started } = inspectorThat(answering(REFUSED), { limitMs: 50 })
    let end = (_: number): void => undefined
    const ahead = signIns.run(saved(1), () => new Promise<number>(resolve => (end = resolve)))
    expect(problemIn(await inspector.inspect(REQUEST, saved(1), NEVER))).toMatch(/^Another sign-in of this connection is under way/)
    end(1)
    expect([await ahead, started()]).toEqual([1, 0])
  })
})

describe('turns', () => {
  const refuse = (): Error => new Error('busy')

  it('lets two in, the others in their order, and nobody beyond the bound', async () => {
    const turns = takeTurns({ atOnce: 2, mostWaiting: 2, waitMs: 60_000, refuse })
    const order: string[] = []
    const enter = (name: string) =>
      turns.take(NEVER).then(end => {
        order.push(name)
        return end
      })
    const [first, , third, fourth] = ['a', 'b', 'c', 'd'].map(enter) as [Promise<() => void>, ...Promise<() => void>[]]
    await expect(turns.take(NEVER)).rejects.toThrow('busy')
    expect(order).toEqual(['a', 'b'])
    ;(await first)()
    ;((await third) as () => void)()
    await fourth
    expect(order).toEqual(['a', 'b', 'c', 'd'])
  })

  it('refuses whoever has waited for too long or gives up, and leaves their place', async () => {
    const turns = takeTurns({ atOnce: 1, mostWaiting: 5, waitMs: 20, refuse })
    const end = await turns.take(NEVER)
    const given = new AbortController()
    const waiting = [turns.take(given.signal), turns.take(NEVER)]
    given.abort()
    for (const one of waiting) await expect(one).rejects.toThrow('busy')
    end()
    await expect(turns.take(NEVER)).resolves.toBeTypeOf('function')
  })
})

it('holds a refused user for a minute', () => {
  let nowMs = 0
  const refused = refusedUsers(() => nowMs)
  refused.add('u', 'No')
  nowMs = 59_000
  expect([refused.problemOf('u'), refused.problemOf('other')]).toEqual(['No', null])
  nowMs = 60_000
  expect(refused.problemOf('u')).toBeNull()
})

it('tries only what a rollback takes back', () => {
  const taken = ['SELECT 1', '/* x */ with a AS (SELECT 1) SELECT 2', '(SELECT 1)', 'merge into t USING s ON a = b', 'CALL p()']
  for (const sql of [...taken, 'SHOW TABLES']) expect(untriable(sql, 'snowflake', 'x'), sql).toBeNull()
  // What it does not know, PostgreSQL refuses by itself.
  for (const sql of [...taken, 'SELEC 1', 'DO $$ BEGIN END $$']) expect(untriable(sql, 'postgres', 'x'), sql).toBeNull()
  expect(untriable('PUT file:///etc/passwd @~', 'snowflake', 'operation "load"')).toBe(
    'The operation "load" cannot be tried: it starts with PUT, and what that does may not be undone. A run sends it as it stands',
  )
  for (const sql of ['GET @~ file:///tmp', 'REMOVE @~', 'COPY INTO @~ FROM t', 'SELEC 1'])
    expect(untriable(sql, 'snowflake', 'x'), sql).not.toBeNull()
  expect(untriable('copy t TO PROGRAM $$x$$', 'postgres', 'x')).not.toBeNull()
})

it('shows values as text, cut where they are long', () => {
  expect([null, 1.5, true, 'a', Buffer.from([1, 255])].map(shownValue)).toEqual([null, '1.5', 'true', 'a', '\\x01ff'])
  expect(shownValue('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
  expect(shownValue(`${'x'.repeat(199)}😀y`)).toBe(`${'x'.repeat(199)}\uFFFD…`)
})
