import { CONTROL_PACE } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { decideHealth } from '../../server/src/decide/workerHealth.ts'
import { forAll } from '../kit/seeded.ts'

describe('the health of a worker', () => {
  it.each([
    [-1, 'HEALTHY'],
    [0, 'HEALTHY'],
    [4.999, 'HEALTHY'],
    [5, 'STALE'],
    [14.999, 'STALE'],
    [15, 'DEAD'],
    [86_400, 'DEAD'],
  ] as const)('with a heartbeat %f seconds old is %s', (age, health) => {
    expect(decideHealth(age, CONTROL_PACE.postgres)).toBe(health)
  })

  it('follows the thresholds that are set', () => {
    const thresholds = { staleSeconds: 1, deadSeconds: 1 }
    expect([0.9, 1].map(age => decideHealth(age, thresholds))).toEqual(['HEALTHY', 'DEAD'])
  })

  it('never gets better with age', () => {
    const order = ['HEALTHY', 'STALE', 'DEAD']
    forAll(random => {
      const staleSeconds = random.fraction() * 20
      const thresholds = { staleSeconds, deadSeconds: staleSeconds + random.fraction() * 20 }
      const [younger, older] = [random.fraction() * 50, random.fraction() * 50].sort((a, b) => a - b) as [number, number]
      const rank = (age: number) => order.indexOf(decideHealth(age, thresholds))
      expect(rank(older)).toBeGreaterThanOrEqual(rank(younger))
    })
  })
})
