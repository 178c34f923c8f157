import type { TemplateInput } from '@flakebench/contract'

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
  ]
}
