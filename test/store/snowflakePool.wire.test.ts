import { describe, expect, it } from 'vitest'
import { type Pool, type Pooled, type PoolOptions, poolOf } from '../../sql/store/src/snowflake/sessionPool.ts'

interface One extends Pooled {
  readonly number: number
  isUsable: boolean
  isClosed: boolean
}

interface Gate {
  readonly opened: Promise<void>
  open(): void
}
const gate = (): Gate => {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

const poolOfOnes = (options: Partial<PoolOptions<One>> = {}): { readonly pool: Pool<One>; readonly made: One[] } => {
  const made: One[] = []
  const open = async (): Promise<One> => {
    const one: One = {
      number: made.length + 1,
      isUsable: true,
      isClosed: false,
      close: async () => {
        one.isClosed = true
      },
    }
    made.push(one)
    return one
  }
  const refuse = (waitMs: number): Error => new Error(`refused after ${waitMs} ms`)
  return { pool: poolOf({ open, most: 2, mostOpening: 1, waitMs: 5_000, idleMs: 60_000, refuse, failsForMs: () => 0, ...options }), made }
}

/** Holds one of the pool until `let` opens. */
const hold = (pool: Pool<One>, until: Promise<void>): { readonly taken: Promise<number>; readonly done: Promise<void> } => {
  let take = (_: number) => {}
  const taken = new Promise<number>(resolve => {
    take = resolve
  })
  const done = pool.use(async one => {
    take(one.number)
    await until
  })
  return { taken, done }
}

describe('a pool of sessions', () => {
  it('opens none until it is needed, and uses again what is free', async () => {
    const { pool, made } = poolOfOnes()
    expect(made).toHaveLength(0)
    for (let i = 0; i < 3; i++) expect(await pool.use(async one => one.number)).toBe(1)
    await pool.close()
    expect(made.map(one => one.isClosed)).toEqual([true])
  })

  it('never opens more than its most, and serves who waits in the order of asking', async () => {
    const { pool, made } = poolOfOnes()
    const [first, second] = [gate(), gate()]
    const holders = [hold(pool, first.opened), hold(pool, second.opened)]
    expect(await Promise.all(holders.map(holder => holder.taken))).toEqual([1, 2])
    const order: string[] = []
    const waiting = ['a', 'b', 'c'].map(name => pool.use(async one => order.push(`${name}${one.number}`)))
    second.open()
    await Promise.all(waiting)
    expect(order).toEqual(['a2', 'b2', 'c2'])
    first.open()
    await Promise.all(holders.map(holder => holder.done))
    await pool.close()
    expect(made).toHaveLength(2)
  })

  it('refuses who has waited too long, and serves the others', async () => {
    const { pool } = poolOfOnes({ most: 1, waitMs: 20 })
    const held = gate()
    const holder = hold(pool, held.opened)
    await holder.taken
    await expect(pool.use(async () => 'never')).rejects.toThrow('refused after 20 ms')
    held.open()
    await holder.done
    expect(await pool.use(async () => 'served')).toBe('served')
    await pool.close()
  })

  it('closes and replaces one that can be used no more, be it in use or free', async () => {
    const { pool, made } = poolOfOnes()
    await pool.use(async one => {
      one.isUsable = false
    })
    expect(made[0]?.isClosed).toBe(true)
    expect(await pool.use(async one => one.number)).toBe(2)
    ;(made[1] as One).isUsable = false
    expect(await pool.use(async one => one.number)).toBe(3)
    expect(made[1]?.isClosed).toBe(true)
    await pool.close()
  })

  it('tells each who waits of one refusal, and tries again for the next', async () => {
    let tries = 0
    const { pool } = poolOfOnes({
      open: () => {
        tries += 1
        return Promise.reject(new Error(`no ${tries}`))
      },
    })
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => pool.use(async () => 'never')))
    expect(outcomes.map(outcome => (outcome as PromiseRejectedResult).reason.message)).toEqual(['no 1', 'no 2', 'no 3'])
    await pool.close()
  })

  it('remembers a refusal that stays one: whoever waits or asks meanwhile gets the same, without another try', async () => {
    let tries = 0
    let standsMs = 60_000
    const { pool } = poolOfOnes({
      mostOpening: 2,
      open: () => {
        tries += 1
        return Promise.reject(new Error(`no ${tries}`))
      },
      failsForMs: () => standsMs,
    })
    const ask = (): Promise<unknown> => pool.use(async () => 'never').catch((error: Error) => error.message)
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['no 1', 'no 1', 'no 1'])
    expect(await ask()).toBe('no 1')
    expect(tries).toBe(1)
    await pool.close()

    standsMs = 1
    const { pool: forgetful, made } = poolOfOnes({
      open: async () => {
        tries += 1
        if (tries === 2) throw new Error('no 2')
        const one = { number: tries, isUsable: true, isClosed: false, close: async () => {} }
        made.push(one)
        return one
      },
      failsForMs: () => standsMs,
    })
    await expect(forgetful.use(async () => 'never')).rejects.toThrow('no 2')
    await expect.poll(() => forgetful.use(async one => one.number).catch(() => null)).toBe(3)
    await forgetful.close()
  })

  it('closes one that nobody has used for long', async () => {
    const { pool, made } = poolOfOnes({ idleMs: 1 })
    await pool.use(async () => {})
    await expect.poll(() => made[0]?.isClosed).toBe(true)
    expect(await pool.use(async one => one.number)).toBe(2)
    await pool.close()
  })

  it('closes those that nobody uses when told to, and opens others', async () => {
    const { pool, made } = poolOfOnes()
    const held = gate()
    const holder = hold(pool, held.opened)
    await holder.taken
    await pool.use(async one => expect(one.number).toBe(2))
    pool.closeIdle()
    expect(made.map(one => one.isClosed)).toEqual([false, true])
    expect(await pool.use(async one => one.number)).toBe(3)
    held.open()
    await holder.done
    await pool.close()
  })

  it('is closed when those who work have ended, and lets nobody in meanwhile', async () => {
    const { pool, made } = poolOfOnes({ most: 1 })
    const held = gate()
    const holder = hold(pool, held.opened)
    await holder.taken
    const waiting = pool.use(async () => 'never')
    const closing = pool.close()
    await expect(waiting).rejects.toThrow(/closed/)
    await expect(pool.use(async () => 'never')).rejects.toThrow(/closed/)
    expect(made[0]?.isClosed).toBe(false)
    held.open()
    await holder.done
    await closing
    expect(made[0]?.isClosed).toBe(true)
  })
})
