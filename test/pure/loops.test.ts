import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineConnection } from '../../worker/src/engines/engine.ts'
import { SignInHeld } from '../../worker/src/engines/signInGuard.ts'
import { closedLoop } from '../../worker/src/load/closedLoop.ts'
import { Loops } from '../../worker/src/load/loops.ts'
import type { SenderShared } from '../../worker/src/load/sender.ts'
import { Recorder } from '../../worker/src/measure/recorder.ts'
import type { Operation } from '../../worker/src/operations/operation.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'
import { heldSession } from '../kit/heldSession.ts'
import { until } from '../kit/processes.ts'

beforeAll(startHistograms)

const KINDS = 3
const END_MS = 1_000_000

const loopsWith = (change: Partial<SenderShared>) => {
  const recorder = new Recorder({ startAtMs: 0, warmupMs: 0, measurementMs: END_MS, intervalMs: END_MS }, KINDS)
  const gate = { endMs: END_MS, permittedUntilMs: Number.POSITIVE_INFINITY }
  const shared = {
    recorder,
    spool: null,
    gate,
    sinceStartMs: () => 0,
    nextOperation: () => expect.fail('nothing is sent'),
    pace: closedLoop({ thinkTimeMs: 0, gate, sinceStartMs: () => 0 }),
    open: () => new Promise<EngineConnection>(() => undefined),
    failureOf: () => ({ category: 'CONNECTION', sample: '' }) as const,
    jitter: seededRandom(1, 0, 'reconnect'),
    ...change,
  }
  return { loops: new Loops(shared, END_MS), recorder, gate }
}

/** Loops whose sessions never finish opening. */
const waitingLoops = () => {
  let opened = 0
  const { loops } = loopsWith({
    open: () => {
      opened += 1
      return new Promise<EngineConnection>(() => undefined)
    },
  })
  return { loops, opened: () => opened }
}

/** The mix, kind after kind, and how many were taken from it. */
const countedMix = () => {
  let taken = 0
  const nextOperation = (): Operation => {
    const index = taken % KINDS
    taken += 1
    const statement = { name: `kind ${index}`, text: '', valueCount: 0 }
    return { index, kind: 'GENERIC_SQL', label: `${index}`, statement, bind: () => [], firstValues: () => [] }
  }
  return { nextOperation, taken: () => taken }
}

describe('the connections of a worker', () => {
  it('are not opened before the agreed start when the target changes, and are as many as it says then', async () => {
    const { loops, opened } = waitingLoops()
    loops.setTarget(5)
    expect(opened()).toBe(0)
    expect(loops.target).toBe(5)
    loops.begin([], loops.target)
    expect(opened()).toBe(5)
    loops.setTarget(7)
    expect(opened()).toBe(7)
    loops.close()
    await loops.ended
  })

  it('have come to an end when the load is over before the start', async () => {
    const { loops, opened } = waitingLoops()
    loops.setTarget(5)
    loops.close()
    await loops.ended
    expect(opened()).toBe(0)
  })

  it('take nothing from the mix that is not sent: neither at the end, nor when they leave', async () => {
    const mix = countedMix()
    const sessions = [heldSession(), heldSession()]
    const { loops, gate } = loopsWith({ nextOperation: mix.nextOperation })
    loops.begin(
      sessions.map(({ connection }) => connection),
      2,
    )
    for (const { end } of sessions) end()
    expect(mix.taken()).toBe(4)
    loops.setTarget(1)
    sessions[1]?.end()
    gate.endMs = 0
    sessions[0]?.end()
    expect(mix.taken()).toBe(4)
    expect(sessions.flatMap(({ sent }) => sent)).toHaveLength(4)
    loops.close()
    await loops.ended
  })

  it('send nothing while it is not permitted, and all go on with the same mix when it is again', async () => {
    const mix = countedMix()
    const sessions = [heldSession(), heldSession(), heldSession()]
    const { loops, gate, recorder } = loopsWith({ nextOperation: mix.nextOperation })
    loops.begin(
      sessions.map(({ connection }) => connection),
      3,
    )
    gate.permittedUntilMs = 0
    for (const { end } of sessions) end()
    loops.setTarget(2)
    expect(recorder.totals).toMatchObject({ started: 3, operations: 3 })
    expect(loops.openConnections).toBe(2)
    gate.permittedUntilMs = END_MS
    loops.permitted()
    expect(sessions.map(({ isBusy }) => isBusy)).toEqual([true, true, false])
    expect(sessions.flatMap(({ sent }) => sent.slice(1))).toEqual(['kind 0', 'kind 1'])
    gate.permittedUntilMs = 0
    for (const { end } of sessions.slice(0, 2)) end()
    loops.close()
    await loops.ended
    loops.permitted()
    expect(recorder.totals).toMatchObject({ started: 5, operations: 5 })
  })

  it('that are refused again and again take one operation from the mix for all of it, and send that', async () => {
    const mix = countedMix()
    const session = heldSession()
    let left = 4
    const { loops, recorder } = loopsWith({
      nextOperation: mix.nextOperation,
      open: async () => {
        left -= 1
        if (left >= 0) throw new Error('refused')
        return session.connection
      },
    })
    loops.begin([], 1)
    await until(
      'an operation is sent',
      () => session.sent.length,
      sent => sent > 0,
    )
    expect(recorder.totals).toMatchObject({ errors: 4, started: 5 })
    expect(mix.taken()).toBe(1)
    expect(session.sent).toEqual(['kind 0'])
    session.end()
    expect(session.sent).toEqual(['kind 0', 'kind 1'])
    loops.close()
    session.end()
    await loops.ended
  })

  it('that may not be tried count no error, and ask again', async () => {
    let asked = 0
    const { loops, recorder } = loopsWith({
      open: async () => {
        asked += 1
        throw new SignInHeld(20, null)
      },
    })
    loops.begin([], 4)
    await until(
      'all have asked again',
      () => asked,
      times => times >= 8,
    )
    expect(recorder.totals).toMatchObject({ started: 0, errors: 0 })
    loops.close()
    await loops.ended
  })
})
