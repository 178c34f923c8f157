import { describe, expect, it } from 'vitest'
import { NobodyWaits, questionCache, TooManyQuestions } from '../../server/src/catalog/questionCache.ts'

const NEVER = new AbortController().signal

const open = (change: Partial<Parameters<typeof questionCache>[0]> = {}) => {
  const clock = { nowMs: 0 }
  const cache = questionCache({
    keepMs: 30,
    mostKept: 2,
    mostAtOnce: 2,
    mostWaiting: 1,
    waitMs: 60_000,
    nowMs: () => clock.nowMs,
    ...change,
  })
  let asked = 0
  const ask = (text: string, isRefresh = false): Promise<number> =>
    cache.answer({ group: 'g', text, isRefresh, givenUp: NEVER }, async () => ++asked)
  /** Put by hand. */
  const put = (text: string, one: ReturnType<typeof held>, change: { isRefresh?: boolean; givenUp?: AbortSignal; group?: string } = {}) =>
    cache.answer({ group: 'g', text, isRefresh: false, givenUp: NEVER, ...change }, one.ask)
  return { clock, ask, put }
}

/** A question that is answered by hand. */
const held = () => {
  let answer: (words: string) => void = () => undefined
  let asked: AbortSignal | null = null
  const promise = new Promise<string>(resolve => {
    answer = resolve
  })
  return {
    ask: (givenUp: AbortSignal) => {
      asked = givenUp
      return promise
    },
    answer,
    isAsked: () => asked !== null,
    isGivenUp: () => asked?.aborted === true,
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

describe('an answer', () => {
  it('is kept for a while, and asked for anew on request', async () => {
    const { ask, clock } = open()
    expect(await ask('a')).toBe(1)
    clock.nowMs = 29
    expect(await ask('a')).toBe(1)
    expect(await ask('a', true)).toBe(2)
    clock.nowMs = 58
    expect(await ask('a')).toBe(2)
    clock.nowMs = 59
    expect(await ask('a')).toBe(3)
  })

  it('makes room for newer ones', async () => {
    const { ask } = open()
    for (const text of ['a', 'b', 'c']) await ask(text)
    expect(await ask('c')).toBe(3)
    expect(await ask('a')).toBe(4)
  })

  it('is not kept when it was a failure', async () => {
    const { ask, put } = open()
    const failing = put('a', { ...held(), ask: () => Promise.reject(new Error('no')) })
    await expect(failing).rejects.toThrow('no')
    expect(await ask('a')).toBe(1)
  })
})

describe('questions at the same time', () => {
  it('are asked once when they are equal', async () => {
    const { put } = open()
    const one = held()
    const asked = ['x', 'x'].map(text => put(text, one, { isRefresh: true }))
    await turn()
    asked.push(put('x', held()))
    one.answer('yes')
    expect(await Promise.all(asked)).toEqual(['yes', 'yes', 'yes'])
  })

  it('are not answered by what was begun before a refresh, which is kept whichever ends last', async () => {
    const { put } = open()
    const [before, refreshed] = [held(), held()]
    const first = put('x', before)
    await turn()
    const second = put('x', refreshed, { isRefresh: true })
    await turn()
    expect(refreshed.isAsked()).toBe(true)
    // Whoever asks now has the newest.
    const third = put('x', held())
    refreshed.answer('new')
    expect(await Promise.all([second, third])).toEqual(['new', 'new'])
    before.answer('old')
    expect(await first).toBe('old')
    expect(await put('x', held())).toBe('new')
  })

  it('are joined by a refresh as long as they wait', async () => {
    const { put } = open({ mostAtOnce: 1 })
    const [ahead, waiting] = [held(), held()]
    const first = put('x', ahead)
    await turn()
    const both = [put('y', waiting), put('y', held(), { isRefresh: true })]
    ahead.answer('x')
    await first
    waiting.answer('y')
    expect(await Promise.all(both)).toEqual(['y', 'y'])
  })

  it('wait for each other beyond a bound, and are refused beyond another', async () => {
    const { put } = open()
    const all = [held(), held(), held(), held()]
    const answers = all.map((one, i) => put(String(i), one))
    await expect(answers[3]).rejects.toThrow(TooManyQuestions)
    expect(all.map(one => one.isAsked())).toEqual([true, true, false, false])
    const elsewhere = held()
    const other = put('0', elsewhere, { group: 'other' })
    await turn()
    expect(elsewhere.isAsked()).toBe(true)
    elsewhere.answer('there')
    expect(await other).toBe('there')
    all[0]?.answer('first')
    expect(await answers[0]).toBe('first')
    await turn()
    expect(all[2]?.isAsked()).toBe(true)
    all[1]?.answer('second')
    all[2]?.answer('third')
    expect(await Promise.all(answers.slice(0, 3))).toEqual(['first', 'second', 'third'])
  })

  it('wait for so long at most', async () => {
    const { put } = open({ mostAtOnce: 1, waitMs: 20 })
    const ahead = held()
    const first = put('x', ahead)
    const waiting = held()
    await expect(put('y', waiting)).rejects.toThrow(TooManyQuestions)
    ahead.answer('x')
    expect(await first).toBe('x')
    await turn()
    expect(waiting.isAsked()).toBe(false)
  })

  it('leave their place when nobody waits for them any more, and only then', async () => {
    const { put } = open({ mostAtOnce: 1, mostWaiting: 1 })
    const [ahead, left, next] = [held(), held(), held()]
    const first = put('x', ahead)
    const [one, two] = [new AbortController(), new AbortController()]
    const both = [one, two].map(({ signal }) => put('y', left, { givenUp: signal }))
    one.abort()
    await expect(both[0]).rejects.toThrow(NobodyWaits)
    await expect(put('z', held())).rejects.toThrow(TooManyQuestions)
    two.abort()
    await expect(both[1]).rejects.toThrow(NobodyWaits)
    const third = put('z', next)
    ahead.answer('x')
    expect(await first).toBe('x')
    await turn()
    expect([left.isAsked(), next.isAsked()]).toEqual([false, true])
    next.answer('z')
    expect(await third).toBe('z')
  })

  it('are told when they have begun and nobody waits any more; the answer is kept all the same', async () => {
    const { put } = open()
    const given = new AbortController()
    const one = held()
    const asked = put('x', one, { givenUp: given.signal })
    await turn()
    expect(one.isGivenUp()).toBe(false)
    given.abort()
    await expect(asked).rejects.toThrow(NobodyWaits)
    expect(one.isGivenUp()).toBe(true)
    one.answer('late')
    await turn()
    expect(await put('x', held())).toBe('late')
    await expect(put('y', held(), { givenUp: given.signal })).rejects.toThrow(NobodyWaits)
  })
})
