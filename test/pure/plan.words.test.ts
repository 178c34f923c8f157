import type { TemplateInput } from '@flakebench/contract'
import { describePlan, describeTemplate } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { soundPlan, storedTemplate } from '../kit/templateInput.ts'

describe('a plan in words', () => {
  it('says what is done, for how long, to what', () => {
    const change: TemplateInput = {
      target: { table: 'orders' },
      load: { durationSeconds: 300, warmupSeconds: 30 },
      scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 },
      operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
    }
    const words = '32 connections on 2 workers for 5 min after 30 s warmup, 80 % point lookups, 20 % updates on public.orders'
    expect(describeTemplate(storedTemplate(change))).toBe(words)
    expect(describePlan(soundPlan(change))).toBe(words)
    expect(describePlan(soundPlan(change, { workers: 1, targetConnections: 1, warmupSeconds: 0, durationSeconds: 5_400 }))).toBe(
      '1 connection on 1 worker for 1 h 30 min without warmup, 80 % point lookups, 20 % updates on public.orders',
    )
  })

  it('names generic operations by their labels, and the other load modes', () => {
    const operations: TemplateInput['operations'] = {
      rangeScan: { weight: 33.33 },
      insert: { weight: 33.33 },
      generic: [{ operationType: 'READ', weight: 33.34, sql: 'SELECT 1', label: 'top ten' }],
    }
    expect(describeTemplate(storedTemplate({ operations, load: { mode: 'QPS', targetQps: 500, durationSeconds: 90 } }))).toBe(
      '500 operations per second (constant) on 1 worker or more for 1 min 30 s after 10 s warmup, 33.33 % range scans, 33.33 % inserts, 33.34 % “top ten” on public.orders',
    )
    expect(describeTemplate(storedTemplate({ load: { mode: 'FIND_MAX_CONCURRENCY' } }))).toBe(
      'The most connections that hold, to within 2, from 5 up by 10 every 30 s on 1 worker or more after 10 s warmup, 100 % point lookups on public.orders',
    )
  })

  it.each([
    [{ mode: 'BOUNDED', minWorkers: 2, maxWorkers: 4 }, 'on 2 to 4 workers'],
    [{ mode: 'BOUNDED', minWorkers: 3, maxWorkers: 3 }, 'on 3 workers'],
    [{ mode: 'BOUNDED', minWorkers: 2 }, 'on 2 to 64 workers'],
    [{ mode: 'AUTO' }, 'on 1 to 4 workers'],
    [{ mode: 'FIXED', minWorkers: 5, minConnections: 200 }, 'on 5 workers with 200 connections each'],
  ] as const)('says which workers a rate may have: %j', (scaling, words) => {
    const load = { mode: 'QPS', targetQps: 2_000, arrival: 'POISSON', durationSeconds: 60, warmupSeconds: 0 } as const
    expect(describePlan(soundPlan({ load, scaling }))).toBe(
      `2,000 operations per second (Poisson) ${words} for 1 min without warmup, 100 % point lookups on public.orders`,
    )
  })
})
