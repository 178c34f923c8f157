import { describe, expect, it } from 'vitest'
import { questionCache, TooManyQuestions } from '../../server/src/catalog/questionCache.ts'

const open = (change: Partial<Parameters<typeof questionCache>[0]> = {}) => {
  const clock = { nowMs: 0 }
  const cache = questionCache({ keepMs: 30, mostKept: 2, mostAtOnce: 2, mostWaiting: 1, nowMs: () => clock.nowMs, ...change })
  let asked = 0
  const ask = (text: string, isRefresh = false): Promise<number> => cache.answer({ group: 'g', text, isRefresh }, async () => ++asked)
  return { clock, cache, ask }
}

/** A question that is answered by hand. */
const held = () => {
  let answer: (words: string) => void = () => undefined
  let isAsked = false
  const promise = new Promise<string>(resolve => {
    answer = resolve
  })
  return {
    ask: () => {
      isAsked = true
      return promise
    },
    answer,
    isAsked: () => isAsked,
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
    const { ask, cache } = open()
    const failing = cache.answer({ group: 'g', text: 'a', isRefresh: false }, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(await ask('a')).toBe(1)
  })
})

describe('questions at the same time', () => {
  it('are asked once when they are equal', async () => {
    const { cache } = open()
    const one = held()
    const asked = ['x', 'x'].map(text => cache.answer({ group: 'g', text, isRefresh: true }, one.ask))
    one.answer('yes')
    expect(await Promise.all(asked)).toEqual(['yes', 'yes'])
  })

  it('wait for each other beyond a bound, and are refused beyond another', async () => {
    const { cache } = open()
    const all = [held(), held(), held(), held()]
    const answers = all.map((one, i) => cache.answer({ group: 'g', text: String(i), isRefresh: false }, one.ask))
    await expect(answers[3]).rejects.toThrow(TooManyQuestions)
    expect(all.map(one => one.isAsked())).toEqual([true, true, false, false])
    const elsewhere = held()
    const other = cache.answer({ group: 'other', text: '0', isRefresh: false }, elsewhere.ask)
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
})
