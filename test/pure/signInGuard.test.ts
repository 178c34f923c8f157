import { describe, expect, it } from 'vitest'
import { guardSignIns, SignInHeld } from '../../worker/src/engines/signInGuard.ts'

const REFUSED = new Error('Incorrect username or password')
const UNREACHABLE = new Error('ECONNREFUSED')

/** Sign-ins that end when the test says so, by a clock that it turns. */
const guarded = () => {
  let nowMs = 1_000
  const underWay: { readonly letIn: () => void; readonly refuse: (why: Error) => void }[] = []
  let tried = 0
  const guard = guardSignIns(
    error => error === REFUSED,
    () => nowMs,
  )
  const signIn = (): Promise<string> =>
    guard(
      () =>
        new Promise<string>((resolve, reject) => {
          tried += 1
          underWay.push({ letIn: () => resolve('in'), refuse: reject })
        }),
    )
  return {
    /** So many at once: how each ended. */
    signIn: (count: number): Promise<readonly PromiseSettledResult<string>[]> => Promise.allSettled(Array.from({ length: count }, signIn)),
    next: () => underWay.shift() ?? expect.fail('nobody is signing in'),
    tried: () => tried,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
const reasons = (results: readonly PromiseSettledResult<string>[]): unknown[] =>
  results.map(result => (result.status === 'rejected' ? result.reason : result.value))

describe('sign-ins that could lock the user', () => {
  it('follow one that was let in, all at once', async () => {
    const { signIn, next, tried } = guarded()
    const all = signIn(5)
    await turn()
    expect(tried()).toBe(1)
    next().letIn()
    await turn()
    expect(tried()).toBe(5)
    for (let i = 0; i < 4; i++) next().letIn()
    expect(reasons(await all)).toEqual(Array(5).fill('in'))
  })

  it('are not tried when the one ahead was refused, nor for a minute afterwards', async () => {
    const { signIn, next, tried, pass } = guarded()
    const all = signIn(5)
    await turn()
    next().refuse(REFUSED)
    const [first, ...others] = reasons(await all)
    expect(first).toBe(REFUSED)
    for (const other of others) expect(other).toMatchObject({ name: 'SignInHeld', leftMs: 60_000, cause: REFUSED })
    pass(59_000)
    const [held] = reasons(await signIn(1))
    expect(held).toBeInstanceOf(SignInHeld)
    expect(held).toMatchObject({ leftMs: 1_000 })
    expect(tried()).toBe(1)
  })

  it('are probed by one when the minute is over, and go on when it is let in', async () => {
    const { signIn, next, tried, pass } = guarded()
    const refused = signIn(1)
    next().refuse(REFUSED)
    await refused
    for (const probes of [2, 3]) {
      pass(60_000)
      const all = signIn(4)
      await turn()
      expect(tried()).toBe(probes)
      next().refuse(REFUSED)
      await all
    }
    pass(60_000)
    const all = signIn(4)
    next().letIn()
    await turn()
    for (let i = 0; i < 3; i++) next().letIn()
    expect(reasons(await all)).toEqual(Array(4).fill('in'))
  })

  it('fail like the one ahead when it met something else, and one goes ahead the next time, too', async () => {
    const { signIn, next, tried } = guarded()
    const unreachable = signIn(32)
    next().refuse(UNREACHABLE)
    expect(reasons(await unreachable)).toEqual(Array(32).fill(UNREACHABLE))
    expect(tried()).toBe(1)
    const wrong = signIn(32)
    await turn()
    expect(tried()).toBe(2)
    next().refuse(REFUSED)
    const [first, ...others] = reasons(await wrong)
    expect(first).toBe(REFUSED)
    for (const other of others) expect(other).toBeInstanceOf(SignInHeld)
    expect(tried()).toBe(2)
  })

  it('go one ahead again when the one before was let in too long ago', async () => {
    const { signIn, next, tried, pass } = guarded()
    const all = signIn(4)
    next().letIn()
    // The clock goes on before those that wait are told.
    queueMicrotask(() => pass(2_000))
    await turn()
    expect(tried()).toBe(2)
    next().letIn()
    await turn()
    expect(tried()).toBe(4)
    for (let i = 0; i < 2; i++) next().letIn()
    expect(reasons(await all)).toEqual(Array(4).fill('in'))
  })

  it('that are refused when others were let in hold all that come later', async () => {
    const { signIn, next, tried } = guarded()
    const first = signIn(1)
    next().letIn()
    await first
    const two = signIn(2)
    next().refuse(REFUSED)
    next().letIn()
    expect(reasons(await two)).toEqual([REFUSED, 'in'])
    expect(reasons(await signIn(1))[0]).toBeInstanceOf(SignInHeld)
    expect(tried()).toBe(3)
  })
})
