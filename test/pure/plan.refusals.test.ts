import type { Problem, RunOverrides, TemplateInput } from '@flakebench/contract'
import { freezePlan } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { FRESH_SEED, HOST, storedTemplate } from '../kit/templateInput.ts'

const problems = (change: TemplateInput, overrides: RunOverrides): readonly Problem[] => {
  const frozen = freezePlan(storedTemplate(change), overrides, FRESH_SEED, HOST)
  return frozen.ok ? [] : frozen.problems
}

const connections = (targetConnections: number): TemplateInput => ({ load: { targetConnections } })
const FIXED: TemplateInput = { scaling: { mode: 'FIXED', minWorkers: 2, minConnections: 16 } }
const BOUNDED: TemplateInput = {
  load: { targetConnections: 20 },
  scaling: { mode: 'BOUNDED', minWorkers: 2, maxWorkers: 4, minConnections: 2, maxConnections: 10 },
}

describe('a plan is refused', () => {
  const cases: readonly (readonly [TemplateInput, RunOverrides, string, string])[] = [
    [{}, { durationSeconds: 0 }, 'overrides.durationSeconds', 'overrides.durationSeconds must be from 1 to 86400 seconds; it is 0'],
    [{}, { warmupSeconds: -1 }, 'overrides.warmupSeconds', 'overrides.warmupSeconds must be from 0 to 3600 seconds; it is -1'],
    [{}, { targetConnections: 0 }, 'overrides.targetConnections', 'overrides.targetConnections must be from 1 to 100000; it is 0'],
    [{}, { workers: 1.5 }, 'overrides.workers', 'overrides.workers must be a whole number; it is 1.5'],
    [{}, { seed: -1 }, 'overrides.seed', 'overrides.seed must be from 0 to 2147483647; it is -1'],
    [{}, { name: 'x'.repeat(256) }, 'overrides.name', 'overrides.name must have at most 255 characters; it has 256'],
    [{}, { threads: 5 } as RunOverrides, 'overrides.threads', 'overrides.threads is not a known field: remove it'],
    [
      connections(4),
      { workers: 8 },
      'overrides.workers',
      '8 workers need at least 8 connections; there are 4: lower overrides.workers or raise the connections',
    ],
    [
      FIXED,
      { targetConnections: 1 },
      'overrides.targetConnections',
      '2 workers need at least 2 connections; there is 1: lower the number of workers or raise the connections',
    ],
    [
      connections(100),
      { workers: 65 },
      'overrides.workers',
      'A run has at most 64 workers; this one would have 65: lower overrides.workers',
    ],
    [
      connections(12_801),
      {},
      'load.targetConnections',
      'A run has at most 64 workers; this one would have 65 (12801 connections): lower load.targetConnections',
    ],
    [
      { scaling: { mode: 'FIXED', minWorkers: 1, minConnections: 50_000 } },
      { workers: 3 },
      'overrides.workers',
      'A run has at most 100000 connections; this one would have 150000: lower overrides.workers',
    ],
    [
      { scaling: { mode: 'FIXED', minWorkers: 70, minConnections: 1 } },
      {},
      'scaling.minWorkers',
      'A run has at most 64 workers; this one would have 70: lower scaling.minWorkers',
    ],
    [BOUNDED, { workers: 5 }, 'overrides.workers', 'overrides.workers must be from 2 to 4, the bounds of the template; it is 5'],
    [BOUNDED, { workers: 1 }, 'overrides.workers', 'overrides.workers must be from 2 to 4, the bounds of the template; it is 1'],
    [
      BOUNDED,
      { targetConnections: 41 },
      'overrides.targetConnections',
      '41 connections cannot be reached with at most 4 workers × 10 connections; raise scaling.maxWorkers or scaling.maxConnections, or lower overrides.targetConnections',
    ],
    [
      BOUNDED,
      { targetConnections: 3 },
      'overrides.targetConnections',
      'overrides.targetConnections must be at least 4 (at least 2 workers × 2 connections); it is 3',
    ],
    [
      BOUNDED,
      { workers: 2, targetConnections: 21 },
      'overrides.workers',
      '21 connections on 2 workers are 11 on one; scaling.maxConnections allows 10',
    ],
    [
      BOUNDED,
      { workers: 4, targetConnections: 7 },
      'overrides.workers',
      '7 connections on 4 workers are 1 on one; scaling.minConnections asks for at least 2',
    ],
  ]
  it.each(cases)('%j with %j', (change, overrides, path, message) => {
    expect(problems(change, overrides)).toEqual([{ path, message }])
  })

  it('with every problem of its overrides at once', () => {
    expect(problems(BOUNDED, { durationSeconds: 0, targetConnections: 41, seed: 0.5 }).map(({ path }) => path)).toEqual([
      'overrides.durationSeconds',
      'overrides.seed',
      'overrides.targetConnections',
    ])
  })
})
