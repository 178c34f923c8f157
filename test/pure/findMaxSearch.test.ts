import { resolutionOf, type StepOutcome, type StepPurpose } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { bracketOf, type HeldStep, nextStep, type SearchRules } from '../../server/src/decide/controllers/findMaxSearch.ts'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { forAll } from '../kit/seeded.ts'

const rules = (change: Parameters<typeof findMaxPlan>[0] = {}, baselineP95Ms: number | null = null): SearchRules => ({
  findMax: findMaxPlan(change).load.findMax,
  baselineP95Ms,
})
const step = (toConnections: number, outcome: StepOutcome, purpose: StepPurpose = 'CLIMB', p95Ms: number | null = null): HeldStep => ({
  toConnections,
  outcome,
  purpose,
  p95Ms,
})
const held = (...connections: number[]): HeldStep[] => connections.map(one => step(one, 'STABLE'))
const hold = (purpose: StepPurpose, connections: number) => ({ type: 'HOLD', purpose, connections })

/** The targets of a whole search where `holds` says what holds. */
const walk = (holds: (connections: number) => boolean, with_: SearchRules, most = 10_000): { tried: number[]; because: string } => {
  const steps: HeldStep[] = []
  for (;;) {
    const next = nextStep(steps, with_, most)
    if (next.type === 'END') return { tried: steps.map(one => one.toConnections), because: next.because }
    steps.push(step(next.connections, holds(next.connections) ? 'STABLE' : 'LATENCY_RISE', next.purpose))
    expect(steps.length).toBeLessThan(2_000)
  }
}

describe('where the search goes next', () => {
  it('climbs from the start by increments', () => {
    expect(nextStep([], rules(), 1_000)).toEqual(hold('CLIMB', 5))
    expect(nextStep(held(5), rules(), 1_000)).toEqual(hold('CLIMB', 15))
    expect(nextStep(held(5, 15), rules(), 1_000)).toEqual(hold('CLIMB', 25))
  })

  it('halves between the last good and the first bad, then holds the baseline and the best once more', () => {
    expect(walk(n => n <= 22, rules())).toEqual({ tried: [5, 15, 25, 20, 22, 23, 5, 22], because: 'CONFIRMED' })
  })

  it('holds a lone bad step once more before it believes it', () => {
    const steps = [
      ...held(5, 15),
      step(25, 'QPS_DROP'),
      step(20, 'STABLE', 'BISECT'),
      step(22, 'STABLE', 'BISECT'),
      step(23, 'STABLE', 'BISECT'),
    ]
    expect(nextStep(steps, rules(), 1_000)).toEqual(hold('BISECT', 25))
    expect(nextStep([...steps, step(25, 'STABLE', 'BISECT')], rules(), 1_000)).toEqual(hold('CLIMB', 35))
    expect(nextStep([...steps, step(25, 'QPS_DROP', 'BISECT')], rules(), 1_000)).toEqual(hold('CONFIRM', 5))
  })

  it('searches below a best that does not hold once more, and gives up after the third', () => {
    const failed = (connections: number): HeldStep => step(connections, 'LATENCY_RISE', 'CONFIRM')
    const steps = [
      ...held(5, 15),
      step(25, 'ERRORS'),
      step(20, 'ERRORS', 'BISECT'),
      step(17, 'ERRORS', 'BISECT'),
      step(5, 'STABLE', 'CONFIRM'),
      failed(15),
    ]
    expect(nextStep(steps, rules(), 1_000)).toEqual(hold('BISECT', 10))
    const more = [...steps, step(10, 'STABLE', 'BISECT'), step(12, 'STABLE', 'BISECT'), failed(12), failed(10)]
    expect(nextStep(more, rules(), 1_000)).toEqual({ type: 'END', because: 'UNCONFIRMED' })
    expect(bracketOf(more, rules())).toEqual({ lastGood: 5, firstBad: 10 })
  })

  it('goes down from a first step that does not hold, to a single connection', () => {
    expect(walk(() => false, rules({ startConnections: 8 }))).toEqual({ tried: [8, 4, 2, 1], because: 'NOTHING_HELD' })
    expect(walk(n => n <= 1, rules({ startConnections: 8 }))).toEqual({ tried: [8, 4, 2, 1, 2, 1], because: 'CONFIRMED' })
    expect(nextStep([step(5, 'TOO_FEW_SAMPLES')], rules(), 1_000)).toEqual({ type: 'END', because: 'NOTHING_HELD' })
  })

  it('stays within the connections that can be had', () => {
    expect(walk(() => true, rules(), 30)).toEqual({ tried: [5, 15, 25, 30, 5, 30], because: 'AT_BOUND' })
    expect(walk(() => true, rules({ startConnections: 100 }), 30)).toEqual({ tried: [30, 30], because: 'AT_BOUND' })
    expect(walk(() => true, rules(), 1)).toEqual({ tried: [1, 1], because: 'AT_BOUND' })
    expect(nextStep(held(5, 15, 25), rules(), 20)).toEqual(hold('CONFIRM', 5))
    expect(nextStep([...held(5, 15, 25), step(5, 'STABLE', 'CONFIRM')], rules(), 20)).toEqual({ type: 'END', because: 'AT_BOUND' })
  })

  it('takes no notice of steps that say nothing of the database', () => {
    const voids = [step(25, 'BACKED_OFF'), step(25, 'WORKER_LOST'), step(25, 'CLIENT_LIMITED')]
    expect(nextStep([...held(5, 15), ...voids], rules(), 1_000)).toEqual(hold('CLIMB', 25))
  })

  it('looks again at verdicts that a better baseline makes doubtful', () => {
    const good = step(15, 'STABLE', 'CLIMB', 130)
    const bad = step(25, 'LATENCY_RISE', 'CLIMB', 125)
    expect(bracketOf([step(5, 'STABLE', 'CLIMB', 100), good, bad], rules({}, 110))).toEqual({ lastGood: 15, firstBad: null })
    expect(bracketOf([step(5, 'STABLE', 'CLIMB', 100), good, bad], rules({}, 100))).toEqual({ lastGood: 5, firstBad: 25 })
  })

  it('ends at the resolution, a fifth of the increment if none is set', () => {
    expect([1, 4, 5, 10, 500].map(connectionsIncrement => resolutionOf(rules({ connectionsIncrement }).findMax))).toEqual([1, 1, 1, 2, 100])
    expect(walk(n => n <= 7, rules({ startConnections: 5, connectionsIncrement: 1 }))).toEqual({
      tried: [5, 6, 7, 8, 8, 5, 7],
      because: 'CONFIRMED',
    })
    expect(walk(n => n <= 22, rules({ resolution: 50 }))).toEqual({ tried: [5, 15, 25, 25, 5, 15], because: 'CONFIRMED' })
  })

  it('finds any knee to within the resolution, whatever the start and the increment', () => {
    forAll(random => {
      const knee = random.whole(1, 300)
      const with_ = rules({
        startConnections: random.whole(1, 60),
        connectionsIncrement: random.whole(1, 60),
        resolution: random.pick([null, 1, 2, 10]),
      })
      const most = random.pick([10_000, random.whole(1, 200)])
      const { tried, because } = walk(n => n <= knee, with_, most)
      const best = tried.at(-1) as number
      expect(best).toBeLessThanOrEqual(Math.min(knee, most))
      expect(best).toBeGreaterThanOrEqual(Math.max(1, Math.min(knee - resolutionOf(with_.findMax), most)))
      expect(because).toBe(knee >= most ? 'AT_BOUND' : 'CONFIRMED')
    }, 500)
  })
})
