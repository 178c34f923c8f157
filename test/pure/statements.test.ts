import { Buffer } from 'node:buffer'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Inspection, InspectionRequest } from '@flakebench/contract'
import { describe, expect, it, onTestFinished } from 'vitest'
import { logTo } from '../../server/src/log.ts'
import { type Inspector, openInspector } from '../../server/src/statements/inspector.ts'
import { refusedUsers } from '../../server/src/statements/refusedUsers.ts'
import { takeTurns } from '../../server/src/statements/turns.ts'
import { shownValue } from '../../worker/src/inspect/shownValue.ts'
import { untriable } from '../../worker/src/inspect/untriable.ts'
import { samplePlan } from '../kit/samplePlan.ts'

const REQUEST: InspectionRequest = { action: 'STATEMENTS', plan: samplePlan() }
const NEVER = new AbortController().signal

/** One whose processes do this when they are asked; with what it logs. */
const inspectorThat = (
  program: string,
  limits: { readonly limitMs?: number } = {},
): { inspector: Inspector; logged: string[]; started: () => number } => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-inspect-'))
  const workerMain = join(folder, 'main.mjs')
  const starts = join(folder, 'starts')
  writeFileSync(workerMain, `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(starts)}, 'x')\n${program}`)
  writeFileSync(starts, '')
  const logged: string[] = []
  const inspector = openInspector({
    workerMain,
    environment: {},
    log: logTo({ write: (line: string) => logged.push(line) > 0 } as never),
    ...limits,
  })
  onTestFinished(async () => {
    await inspector.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { inspector, logged, started: () => readFileSync(starts, 'utf8').length }
}

const answering = (answer: object): string => `process.once('message', () => process.send(${JSON.stringify(answer)}, () => process.exit()))`
const REFUSED = { type: 'FAILED', problem: 'Wrong password', isUserRefused: true }
const problemIn = (answer: Inspection): string => (answer.type === 'FAILED' ? answer.problem : '')

describe('a look at a table in a process of its own', () => {
  it('hands over what is asked in a message, and its answer back', async () => {
    const { inspector } = inspectorThat(
      `process.once('message', asked => process.send({ asked, args: process.argv.slice(2) }, () => process.exit()))`,
    )
    expect(await inspector.inspect(REQUEST, 'u', NEVER)).toEqual({ asked: JSON.parse(JSON.stringify(REQUEST)), args: ['inspect'] })
  })

  it('tells when the process dies, and logs what it said', async () => {
    const { inspector, logged } = inspectorThat(`process.stderr.write('no room'); process.exitCode = 3; process.disconnect()`)
    expect(problemIn(await inspector.inspect(REQUEST, 'u', NEVER))).toMatch(/was ended \(exit code 3\): ask again/)
    expect(logged.join('')).toContain('no room')
  })

  it('ends one that takes too long, and one that nobody waits for', async () => {
    const { inspector } = inspectorThat(`process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1_000)`, { limitMs: 300 })
    expect(problemIn(await inspector.inspect(REQUEST, 'u', NEVER))).toMatch(/was ended: check that the database answers/)
    const given = new AbortController()
    const looking = inspector.inspect(REQUEST, 'u', given.signal)
    given.abort()
    expect(problemIn(await looking)).toBe('The look at the table was given up')
  })

  it('asks no second time for a user who was just refused, where that would lock them', async () => {
    const { inspector, started } = inspectorThat(answering(REFUSED))
    for (let i = 0; i < 5; i++) expect(await inspector.inspect(REQUEST, 'u', NEVER)).toEqual(REFUSED)
    expect(started()).toBe(1)
    await inspector.inspect(REQUEST, 'u with another password', NEVER)
    expect(started()).toBe(2)
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
