import { describe, expect, it } from 'vitest'
import { Broadcast } from '../../server/src/live/broadcast.ts'

const value = <T>(of: T) => ({ value: of, done: false })
const END = { value: undefined, done: true }

const drained = async <T>(from: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const one of from) all.push(one)
  return all
}

describe('a broadcast', () => {
  it('reaches all subscribers that wait', async () => {
    const broadcast = new Broadcast<number>(() => {})
    const waiting = [broadcast.subscribe(), broadcast.subscribe('all')].map(one => one.next())
    broadcast.publish(1)
    expect(await Promise.all(waiting)).toEqual([value(1), value(1)])
  })

  it('keeps the newest value only for one that is slow', async () => {
    const broadcast = new Broadcast<number>(() => {})
    const slow = broadcast.subscribe()
    for (const n of [1, 2, 3]) broadcast.publish(n)
    expect(await slow.next()).toEqual(value(3))
    const waiting = slow.next()
    broadcast.publish(4)
    expect(await waiting).toEqual(value(4))
  })

  it('keeps all values for one that wants all, a thousand at most', async () => {
    const broadcast = new Broadcast<number>(() => {})
    const all = broadcast.subscribe('all')
    for (let n = 0; n < 1_200; n++) broadcast.publish(n)
    broadcast.end()
    expect(await drained(all)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 200))
  })

  it('ends after what was not read yet', async () => {
    const broadcast = new Broadcast<string>(() => {})
    const [slow, waiting] = [broadcast.subscribe(), broadcast.subscribe()]
    const first = waiting.next()
    broadcast.publish('last')
    const second = (await first) && waiting.next()
    broadcast.end()
    broadcast.publish('too late')
    expect(await drained(slow)).toEqual(['last'])
    expect(await second).toEqual(END)
    expect(await slow.next()).toEqual(END)
  })

  it('is told when the last subscriber has left, and not before', async () => {
    let empty = 0
    const broadcast = new Broadcast<number>(() => {
      empty += 1
    })
    const [one, other] = [broadcast.subscribe(), broadcast.subscribe()]
    const waiting = one.next()
    expect(await one.return()).toEqual(END)
    expect(await waiting).toEqual(END)
    expect(empty).toBe(0)
    broadcast.publish(1)
    expect(await one.next()).toEqual(END)
    expect(await other.next()).toEqual(value(1))
    await other.return()
    expect(empty).toBe(1)
  })

  it('lets go of a subscriber whose loop was left', async () => {
    let empty = 0
    const broadcast = new Broadcast<number>(() => {
      empty += 1
    })
    const subscriber = broadcast.subscribe('all')
    broadcast.publish(1)
    broadcast.publish(2)
    for await (const one of subscriber) {
      expect(one).toBe(1)
      break
    }
    expect(empty).toBe(1)
    expect(await subscriber.next()).toEqual(END)
  })
})
