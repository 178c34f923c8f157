import type { TemplateInput } from '@flakebench/contract'

/** On two cores that client and database share, a second connection already makes the first one wait: three times its latency is where it ends. */
const SHORT_SEARCH = {
  startConnections: 2,
  connectionsIncrement: 4,
  resolution: 2,
  stepDurationSeconds: 6,
  latencyStabilityPercent: 200,
} as const

/** The templates that a new installation starts with; all run against the demo's orders. */
export const demoTemplates = (connectionId: string): readonly TemplateInput[] => {
  const target = { connectionId, tableType: 'POSTGRES', database: 'demo', schema: 'public', table: 'orders' } as const
  const workload = (targetConnections: number) =>
    ({ mode: 'CONCURRENCY', targetConnections, durationSeconds: 60, warmupSeconds: 5 }) as const
  return [
    {
      name: 'Point lookups',
      description: 'One order by its key: the shortest statement there is, and so the hardest test of the client.',
      target,
      operations: { pointLookup: { weight: 100 } },
      load: workload(8),
    },
    {
      name: 'Read/write 80/20',
      description: 'A shop on an ordinary day: mostly looking, some buying.',
      target,
      operations: { pointLookup: { weight: 60 }, rangeScan: { weight: 20 }, insert: { weight: 10 }, update: { weight: 10 } },
      load: workload(16),
    },
    {
      name: 'Write-heavy',
      description: 'Mostly inserts and updates: commits, and the write-ahead log behind them.',
      target,
      operations: { pointLookup: { weight: 10 }, rangeScan: { weight: 10 }, insert: { weight: 50 }, update: { weight: 30 } },
      load: workload(16),
    },
    {
      name: 'Steady rate',
      description: 'As many operations each second, whatever the database takes: what users who do not wait for each other see.',
      target,
      operations: { pointLookup: { weight: 80 }, rangeScan: { weight: 10 }, update: { weight: 10 } },
      load: { mode: 'QPS', targetQps: 300, arrival: 'POISSON', durationSeconds: 60, warmupSeconds: 5 },
      slos: [{ kind: 'POINT_LOOKUP', p95Ms: 50, errorRatePercent: 1 }],
    },
    {
      name: 'How many connections',
      description: 'Adds connections step by step until more of them only make everyone wait: about two minutes.',
      target,
      operations: { pointLookup: { weight: 60 }, rangeScan: { weight: 20 }, update: { weight: 20 } },
      load: { mode: 'FIND_MAX_CONCURRENCY', warmupSeconds: 5, findMax: SHORT_SEARCH },
    },
  ]
}
