import { fingerprintOf, type Plan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { samplePlan } from '../kit/samplePlan.ts'

const PLAN = samplePlan()

describe('the fingerprint of a plan', () => {
  it('does not depend on name, seed, version, or the order in which it was written', () => {
    const other: Plan = {
      ...PLAN,
      templateId: '01JTEMPLATE000000000000000',
      templateName: 'renamed',
      templateVersion: 9,
      seed: 7,
      poolSetId: '01JP00LS000000000000000000',
      advanced: { ...PLAN.advanced, seed: 7, keepExecutions: false },
      limits: { ...PLAN.limits, maxWorkers: 99 },
    }
    const reversed = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(other).reverse()))) as Plan
    expect(fingerprintOf(reversed)).toBe(fingerprintOf(PLAN))
    expect(fingerprintOf(PLAN)).toMatch(/^[0-9a-f]{32}$/)
  })

  it('does not depend on what the mode of the load does not go by', () => {
    const other = samplePlan({ load: { findMax: { ...PLAN.load.findMax, startConnections: 77 } } })
    expect(fingerprintOf(other)).toBe(fingerprintOf(PLAN))
    const search = samplePlan({ load: { mode: 'FIND_MAX_CONCURRENCY' } })
    const another = samplePlan({ load: { ...search.load, findMax: { ...PLAN.load.findMax, startConnections: 77 } } })
    expect(fingerprintOf(another)).not.toBe(fingerprintOf(search))
  })

  const changes: readonly (readonly [string, Plan])[] = [
    ['the table', { ...PLAN, target: { ...PLAN.target, table: 'other' } }],
    ['the connection', { ...PLAN, target: { ...PLAN.target, connectionId: 'other' } }],
    ['the server that it leads to', { ...PLAN, sut: ['postgres://elsewhere:5432'] }],
    ['a weight', { ...PLAN, operations: PLAN.operations.map(one => ({ ...one, weight: one.weight - 1 })) }],
    ['a statement', { ...PLAN, operations: PLAN.operations.map(one => ({ ...one, sql: 'SELECT 1' })) }],
    ['the duration', samplePlan({ load: { durationSeconds: 11 } })],
    ['the connections', { ...PLAN, targetConnections: 9 }],
    ['the workers', { ...PLAN, workerCount: 3 }],
  ]
  it.each(changes)('changes with %s', (_, plan) => {
    expect(fingerprintOf(plan)).not.toBe(fingerprintOf(PLAN))
  })
})
