import { describe, expect, it } from 'vitest'
import { faultOfPassword, openPasswordWork } from '../../server/src/access/passwords.ts'
import { openThrottle, pauseAfter } from '../../server/src/access/throttle.ts'

describe('a password', () => {
  it.each([
    ['short', 'must have 12 to 200 characters'],
    ['x'.repeat(201), 'must have 12 to 200 characters'],
    ['Ada Lovelace', 'must not be the name'],
    [' ada LOVELACE ', 'must not be the name'],
    ['correct horse', null],
    ['🦆'.repeat(12), null],
  ])('%s: %s', (password, fault) => {
    expect(faultOfPassword(password, 'Ada Lovelace')).toBe(fault)
  })

  it('is kept as a salted hash with its parameters, and is known again however its letters are composed', async () => {
    const work = openPasswordWork()
    const [kept, other] = await Promise.all([work.hash('pässword-12345'), work.hash('pässword-12345')])
    expect(kept).toMatch(/^scrypt\$17\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    expect(kept).not.toBe(other)
    expect(await work.isRight('pa\u0308ssword-12345', kept)).toBe(true)
    expect(await work.isRight('pässword-12346', kept)).toBe(false)
  })

  it('of nobody is never right', async () => {
    expect(await openPasswordWork().isRight('anything at all', null)).toBe(false)
  })

  it('waits for its turn, and not without end', async () => {
    const work = openPasswordWork()
    const all = Array.from({ length: 23 }, () => work.isRight('a'.repeat(12), 'no hash').catch((error: unknown) => String(error)))
    const answers = await Promise.all(all)
    expect(answers.filter(answer => /Too many people sign in at once/.test(String(answer))).length).toBe(1)
    // Whoever fails gives the place back all the same.
    await expect(work.isRight('a'.repeat(12), 'no hash')).rejects.toThrow('in no form that is known')
  })
})

describe('wrong passwords', () => {
  const MINUTE_MS = 60_000
  it.each([
    [0, 0],
    [4, 0],
    [5, 5_000],
    [6, 10_000],
    [7, 20_000],
    [12, 640_000],
    [13, 900_000],
    [1_000, 900_000],
  ])('after %i of them one waits %i ms', (wrong, pauseMs) => {
    expect(pauseAfter(wrong, 5)).toBe(pauseMs)
  })

  it('are counted for each name by itself, and forgotten when nobody tries any more', () => {
    const throttle = openThrottle(2)
    throttle.count('ada', 0)
    expect(throttle.waitMs('ada', 0)).toBe(0)
    throttle.count('ada', 0)
    expect(throttle.waitMs('ada', 1_000)).toBe(4_000)
    expect(throttle.waitMs('eve', 1_000)).toBe(0)
    throttle.count('ada', 6_000)
    expect(throttle.waitMs('ada', 6_000)).toBe(10_000)
    expect(throttle.waitMs('ada', 16 * MINUTE_MS)).toBe(0)
    throttle.count('ada', 16 * MINUTE_MS)
    expect(throttle.waitMs('ada', 16 * MINUTE_MS)).toBe(0)
  })

  it('are waited for from when they were known to be wrong', () => {
    const throttle = openThrottle(1)
    throttle.count('ada', 0)
    throttle.confirm('ada', 60_000)
    expect(throttle.waitMs('ada', 61_000)).toBe(4_000)
  })

  it('are forgiven by the right one; a try that came to nothing counts as none', () => {
    const throttle = openThrottle(2)
    for (let i = 0; i < 3; i += 1) throttle.count('ada', 0)
    throttle.forgive('ada', false)
    expect(throttle.waitMs('ada', 0)).toBe(5_000)
    throttle.forgive('ada', true)
    expect(throttle.waitMs('ada', 0)).toBe(0)
    throttle.forgive('eve', false)
    throttle.confirm('eve', 0)
  })

  it('take no more than so much memory', () => {
    const throttle = openThrottle(1, 3)
    for (const name of ['a', 'b', 'c', 'a', 'd']) throttle.count(name, 0)
    expect(['a', 'b', 'c', 'd'].map(name => throttle.waitMs(name, 0) > 0)).toEqual([true, false, true, true])
  })
})
