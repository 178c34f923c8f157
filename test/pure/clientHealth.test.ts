import { judgeClient } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { addStretch, FRESH_LOOP, type LoopHealth, type LoopStretch, takeInterval } from '../../worker/src/measure/loopHealth.ts'
import { BUSY_CLIENT, EASY_CLIENT } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

const easy = (spanMs = 1_000): LoopStretch => ({
  spanMs,
  busyMs: spanMs * 0.2,
  cpuMs: spanMs * 0.2,
  latenessMs: Array.from({ length: spanMs / 10 }, () => 0.5),
})
const stalled = (stallMs: number, spanMs = 1_000): LoopStretch => {
  const calm = easy(spanMs - stallMs)
  return { ...calm, spanMs, latenessMs: [...calm.latenessMs, stallMs] }
}
const busy = (spanMs = 1_000): LoopStretch => ({ ...easy(spanMs), busyMs: spanMs * 0.81 })
const hungry = (): LoopStretch => ({ ...easy(), cpuMs: 950 })
const after = (stretches: readonly LoopStretch[], before: LoopHealth = FRESH_LOOP): LoopHealth => stretches.reduce(addStretch, before)
const figuresOf = (health: LoopHealth) => takeInterval(health)[0]

describe('a second in which the worker could have been the limit', () => {
  it.each([
    {
      what: 'busy to the bound and late to the bound, with a little CPU left',
      loop: 80,
      lateMs: 10,
      cpu: 94.9,
      clockMs: 10,
      limited: false,
    },
    { what: 'over 80 % busy', loop: 80.1, lateMs: 0, cpu: 0, clockMs: null, limited: true },
    { what: 'late by over 10 ms', loop: 5, lateMs: 10.1, cpu: 0, clockMs: null, limited: true },
    { what: 'at the limit of its CPU', loop: 5, lateMs: 0, cpu: 95, clockMs: null, limited: true },
    { what: 'whose arrivals started late although connections were free', loop: 5, lateMs: 0, cpu: 5, clockMs: 10.1, limited: true },
  ])('is one $what: $limited', ({ loop, lateMs, cpu, clockMs, limited }) => {
    const reading = { eventLoopUtilizationPercent: loop, eventLoopDelayP99Ms: lateMs, cpuUsedPercent: cpu }
    expect(judgeClient({ ...reading, clockErrorP99Ms: clockMs })).toBe(limited)
  })

  it('is what a snapshot says it is', () => {
    expect([EASY_CLIENT, BUSY_CLIENT].map(client => client.limited)).toEqual([false, true])
  })
})

describe('the health of an interval', () => {
  it('is easy where nothing stalls', () => {
    expect(figuresOf(after([easy(), easy()]))).toEqual({
      eventLoopDelayP99Ms: expect.closeTo(0.4),
      eventLoopDelayMaxMs: 0.5,
      limited: false,
    })
  })

  it('sees one stall of 100 ms in a minute', () => {
    const seconds = Array.from({ length: 60 }, (_, i) => (i === 40 ? stalled(100) : easy()))
    expect(figuresOf(after(seconds))).toMatchObject({ eventLoopDelayP99Ms: expect.closeTo(90), eventLoopDelayMaxMs: 100, limited: true })
  })

  it('sees one busy second in a minute', () => {
    expect(figuresOf(after([...Array.from({ length: 59 }, () => easy()), busy()])).limited).toBe(true)
  })

  it('sees one second at the limit of the CPU in a minute', () => {
    expect(figuresOf(after([...Array.from({ length: 59 }, () => easy()), hungry()])).limited).toBe(true)
  })

  it('bears blocks of 10 ms in a second beyond the bound, and no more', () => {
    expect(figuresOf(after([stalled(19.9)])).limited).toBe(false)
    expect(figuresOf(after([stalled(20.1)])).limited).toBe(true)
  })

  it('forgets the interval before', () => {
    const [, next] = takeInterval(after([stalled(100)]))
    expect(figuresOf(after([easy()], next)).limited).toBe(false)
  })

  it('does not judge a few milliseconds, and joins them with what follows', () => {
    const [cut, next] = takeInterval(after([easy(), { spanMs: 5, busyMs: 5, cpuMs: 5, latenessMs: [4] }], FRESH_LOOP))
    expect(cut.limited).toBe(false)
    expect(figuresOf(after([stalled(12)], next))).toMatchObject({ eventLoopDelayMaxMs: 12, limited: false })
    expect(figuresOf(after([{ spanMs: 5, busyMs: 5, cpuMs: 5, latenessMs: [4] }])), 'at the very start').toMatchObject({ limited: false })
  })

  it('of a tenth of a second is that of the stretch that was judged last', () => {
    let health = FRESH_LOOP
    const limited = Array.from({ length: 9 }, (_, i) => {
      const [figures, next] = takeInterval(addStretch(health, i < 3 ? busy(100) : easy(100)))
      health = next
      return figures.limited
    })
    expect(limited).toEqual([false, false, true, true, true, false, false, false, false])
  })

  it('has a delay that was exceeded in a hundredth of the time', () => {
    forAll(random => {
      const latenessMs = Array.from({ length: random.whole(0, 100) }, () => random.fraction() ** 4 * 200)
      const { eventLoopDelayP99Ms, eventLoopDelayMaxMs } = figuresOf(after([{ spanMs: 1_000, busyMs: 0, cpuMs: 0, latenessMs }]))
      const exceededForMs = latenessMs.reduce((total, lateMs) => total + Math.max(lateMs - eventLoopDelayP99Ms, 0), 0)
      if (eventLoopDelayP99Ms > 0) expect(exceededForMs).toBeCloseTo(10, 6)
      else expect(exceededForMs).toBeLessThanOrEqual(10 + 1e-6)
      expect(eventLoopDelayP99Ms).toBeLessThanOrEqual(eventLoopDelayMaxMs)
    })
  })
})
