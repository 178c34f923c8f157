import type { PushAnswer, PushedReport } from '@flakebench/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { type Pushing, startPushing } from '../../worker/src/control/pushReports.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'

let pushing: Pushing | null = null
afterEach(() => pushing?.stop())

/** A server that answers as the test says, one push after the other. */
const startOwner = () => {
  const pushes: { readonly sequences: readonly number[]; answer(owned: boolean): void; fail(): void }[] = []
  let noticed: () => void = () => undefined
  let url: string | null = 'http://owner'
  const answers: PushAnswer[] = []
  pushing = startPushing({
    post: (_url, body) =>
      new Promise((resolve, reject) => {
        const sequences = (JSON.parse(body) as PushedReport).snapshots.map(({ sequence }) => sequence)
        pushes.push({
          sequences,
          answer: owned => resolve({ owned, newestSequenceId: 3 }),
          fail: () => reject(new Error('nobody there')),
        })
        noticed()
      }),
    url: () => url,
    read: () => sampleHeartbeat(),
    answered: answer => answers.push(answer),
    trouble: { met: () => undefined, over: () => undefined },
  })
  return {
    pushing,
    pushes,
    answers,
    move: (to: string | null) => {
      url = to
    },
    pushed: async (count: number) => {
      while (pushes.length < count) {
        await new Promise<void>(resolve => {
          noticed = resolve
        })
      }
      return pushes[count - 1]
    },
  }
}

const snapshot = (sequence: number) => sampleSnapshot({ sequence })

describe('a worker that pushes', () => {
  it('sends a snapshot at once, and those that come meanwhile together in the next push', async () => {
    const { pushing, pushes, pushed, answers } = startOwner()
    pushing.send(snapshot(0))
    expect((await pushed(1))?.sequences).toEqual([0])
    for (const sequence of [1, 2]) pushing.send(snapshot(sequence))
    expect(pushes).toHaveLength(1)
    expect(pushing.isHeard).toBe(false)
    pushes[0]?.answer(true)
    expect((await pushed(2))?.sequences).toEqual([1, 2])
    expect(pushing.isHeard).toBe(true)
    expect(answers).toEqual([{ owned: true, newestSequenceId: 3 }])
  })

  it('sends again what was not taken: unanswered, or by a server that does not drive the run', async () => {
    const { pushing, pushes, pushed } = startOwner()
    pushing.send(snapshot(0))
    pushing.send(snapshot(1))
    pushes[0]?.fail()
    expect((await pushed(2))?.sequences).toEqual([0, 1])
    pushing.send(snapshot(2))
    pushes[1]?.answer(false)
    expect((await pushed(3))?.sequences).toEqual([0, 1, 2])
    expect(pushing.isHeard).toBe(false)
  })

  it('carries the newest 60 at most', async () => {
    const { pushing, pushes, pushed } = startOwner()
    for (let sequence = 0; sequence < 100; sequence++) pushing.send(snapshot(sequence))
    pushes[0]?.fail()
    expect((await pushed(2))?.sequences).toEqual(Array.from({ length: 60 }, (_, i) => i + 40))
  })

  it('sends nothing where nobody takes it, and then to whoever does', async () => {
    const { pushing, pushes, pushed, move } = startOwner()
    move(null)
    pushing.send(snapshot(0))
    expect(pushes).toHaveLength(0)
    move('http://heir')
    pushing.send(snapshot(1))
    expect((await pushed(1))?.sequences).toEqual([0, 1])
  })

  it('says its last word once, after the push that is under way, and nothing of its own accord then', async () => {
    const { pushing, pushes, pushed } = startOwner()
    pushing.send(snapshot(0))
    pushing.stop()
    const last = pushing.last()
    pushing.send(snapshot(1))
    pushes[0]?.answer(true)
    ;(await pushed(2))?.answer(true)
    await last
    expect(pushes.map(({ sequences }) => sequences)).toEqual([[0], [1]])
  })
})
