import { describe, expect, it } from 'vitest'
import { startArrivalClock } from '../../worker/src/load/startArrivalClock.ts'
import { decideArrivalClock } from '../../worker/src/pace/decideArrivalClock.ts'
import { until } from '../kit/processes.ts'

describe('the arrival clock', () => {
  it('takes a core for itself only where the run leaves two of them free', () => {
    expect(decideArrivalClock(4, 2)).toBe('HYBRID')
    expect(decideArrivalClock(4, 3)).toBe('TICKER')
    expect(decideArrivalClock(2, 1)).toBe('TICKER')
  })

  it.each(['HYBRID', 'TICKER'] as const)('never wakes too early, nor for what is not wished any more (%s)', async kind => {
    const originMs = performance.now()
    const sinceStartMs = (): number => performance.now() - originMs
    const wokenMs: number[] = []
    const wishes = [5, 5.4, 8, 30, 31.7, 60]
    const clock = startArrivalClock(kind, {
      sinceStartMs,
      due: () => {
        wokenMs.push(sinceStartMs())
        clock.wakeAt(wishes[wokenMs.length] ?? Number.POSITIVE_INFINITY)
      },
      workCount: () => 0,
    })
    clock.wakeAt(3)
    clock.wakeAt(Number.POSITIVE_INFINITY)
    clock.wakeAt(10_000)
    clock.wakeAt(wishes[0] as number)
    await until(
      'it woke for all',
      () => wokenMs.length,
      times => times === wishes.length,
    )
    clock.stop()
    for (const [i, atMs] of wokenMs.entries()) expect(atMs).toBeGreaterThanOrEqual(wishes[i] as number)
    expect(clock.spunMs).toBeLessThan(sinceStartMs())
    if (kind === 'TICKER') expect(clock.spunMs).toBe(0)
  })

  it.each(['HYBRID', 'TICKER'] as const)('does not wake once it is stopped (%s)', async kind => {
    const originMs = performance.now()
    let woken = 0
    const deps = { sinceStartMs: () => performance.now() - originMs, workCount: () => 0 }
    const clock = startArrivalClock(kind, { ...deps, due: () => (woken += 1) })
    const other = startArrivalClock(kind, { ...deps, due: () => (woken += 100) })
    clock.wakeAt(20)
    other.wakeAt(60)
    clock.stop()
    clock.wakeAt(25)
    await until(
      'the other woke',
      () => woken,
      times => times >= 100,
    )
    other.stop()
    expect(woken).toBe(100)
  })
})
