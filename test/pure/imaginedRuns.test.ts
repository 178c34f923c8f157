import { DEAD_WORKER_POLICIES, isTerminal, type Plan, servingWorkers, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { findMaxPlan } from '../kit/findMaxPlan.ts'
import { type ImaginedRun, imagineRun } from '../kit/imaginedRun.ts'
import { ratePlan } from '../kit/ratePlan.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const LIMITS = { minWorkers: 1, maxWorkers: 4, minConnections: 1, maxConnections: 40, areSet: false }

const somePlan = (random: Seeded): Plan => {
  const plan = random.pick<() => Plan>([
    () => samplePlan(),
    () => ratePlan({ load: { targetQps: random.whole(50, 2_000) }, workerCount: random.whole(1, 2), limits: LIMITS }),
    () => findMaxPlan({ stepDurationSeconds: 5 }, { limits: LIMITS, workerCount: 1, targetConnections: 5 }),
  ])()
  return {
    ...plan,
    guardrails: { ...plan.guardrails, enabled: random.fraction() < 0.5, mode: 'SOFT', failThreshold: 'ALL', patienceIntervals: 2 },
    advanced: { ...plan.advanced, deadWorkerPolicy: random.pick(DEAD_WORKER_POLICIES) },
  }
}

const EVENTS: readonly ((imagined: ImaginedRun, random: Seeded) => void)[] = [
  (imagined, random) => imagined.kill(random),
  imagined => imagined.takeOver(),
  imagined => imagined.collide(),
  imagined => imagined.start(),
  (imagined, random) => imagined.strain(random.pick(['worker-0', 'worker-1', null])),
]
const MOST_BEATS = 2_500

/** What must hold after every beat. @param before the run at the beat before */
const expectSound = ({ run, commands, steps, epochs }: ImaginedRun, before: ImaginedRun['run']): void => {
  if (isTerminal(before.status)) expect(run.status).toBe(before.status)
  expect(commands.filter(({ type }) => type === 'START').length).toBeLessThanOrEqual(1)
  expect(run.nextSequenceId).toBe(3 + commands.length)
  expect(epochs).toEqual([...epochs].sort((a, b) => a - b))
  expect(steps.map(({ stepNumber }) => stepNumber)).toEqual(steps.map((_, i) => i + 1))
  const shares = run.arrivalShares ?? []
  expect(shares.every(({ fromMs }, i) => i === 0 || fromMs > (shares[i - 1]?.fromMs ?? 0))).toBe(true)
  if (run.status !== 'RUNNING' || run.workerTargets === null) return
  const ceilings = run.guardrail?.ceilings ?? {}
  for (const [id, target] of Object.entries(run.workerTargets)) expect(target).toBeLessThanOrEqual(ceilings[id] ?? target)
}

describe('any run, whatever happens to it', () => {
  it('starts once, obeys its guardrails, numbers its steps, and is over once all is quiet, for good', () => {
    forAll(random => {
      const imagined = imagineRun(somePlan(random))
      imagined.start()
      const quietAfter = random.whole(0, 200)
      for (let beats = 0; !isTerminal(imagined.run.status); beats++) {
        if (beats > MOST_BEATS) throw new Error(`still ${imagined.run.status} after ${beats} beats`)
        const before = imagined.run
        if (beats < quietAfter && random.fraction() < 0.06) random.pick(EVENTS)(imagined, random)
        if (beats === quietAfter) imagined.strain(null)
        if (beats < quietAfter && random.fraction() < 0.003) imagined.stop()
        imagined.beat(random.whole(100, 900))
        expectSound(imagined, before)
      }
      const over = imagined.run
      imagined.takeOver()
      imagined.beat(1_000)
      imagined.stop()
      expect({ ...imagined.run, epoch: over.epoch, nowMs: over.nowMs, elapsedSeconds: over.elapsedSeconds }).toEqual(over)
    }, 60)
  }, 120_000)

  it('has its workers hold together what its controller wishes, differing by one at most', () => {
    forAll(random => {
      const imagined = imagineRun({ ...somePlan(random), guardrails: { ...samplePlan().guardrails, enabled: false } })
      imagined.start()
      for (let beats = 0; beats < 400 && !isTerminal(imagined.run.status); beats++) {
        imagined.beat(random.whole(100, 900))
        const { run } = imagined
        const wished = run.findMax?.step?.targetConnections ?? run.qpsController?.targetConnections ?? null
        const serving = servingWorkers(run)
        // Of a rate, who is to retire holds what it did until its arrivals are those of others.
        const isRetiring = serving.length > (run.qpsController?.workers ?? serving.length)
        if (run.status !== 'RUNNING' || wished === null || serving.length === 0 || isRetiring) continue
        const held = serving.map(id => run.workerTargets?.[id] ?? 0)
        const room = serving.length * run.plan.limits.maxConnections
        expect(held.reduce((sum, target) => sum + target, 0)).toBe(Math.min(wished, room))
        expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1)
      }
    }, 30)
  }, 120_000)
})
