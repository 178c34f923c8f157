import { startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import type { EngineConnection } from '../../worker/src/engines/engine.ts'
import { Loops } from '../../worker/src/load/loops.ts'
import { Recorder } from '../../worker/src/measure/recorder.ts'
import { seededRandom } from '../../worker/src/operations/random.ts'

beforeAll(startHistograms)

/** Loops whose sessions never finish opening. */
const waitingLoops = () => {
  let opened = 0
  const recorder = new Recorder({ startAtMs: 0, warmupMs: 0, measurementMs: 1_000, intervalMs: 1_000 }, 1)
  const loops = new Loops(
    {
      recorder,
      gate: { endMs: 1_000 },
      sinceStartMs: () => 0,
      nextOperation: () => expect.fail('nothing is sent'),
      thinkTimeMs: 0,
      open: () => {
        opened += 1
        return new Promise<EngineConnection>(() => undefined)
      },
      failureOf: () => ({ category: 'OTHER', sample: '' }),
      jitter: seededRandom(1, 0, 'reconnect'),
    },
    1_000,
  )
  return { loops, opened: () => opened }
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
})
