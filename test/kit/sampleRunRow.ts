import type { RunRow } from '../../client/src/api/documents/runListDocuments.ts'
import { metrics, timing } from './sampleConsole.ts'
import { runPlan } from './sampleRunDetail.ts'

/** A run in the list that is over: its measurement took ten seconds, unless it is changed. */
export const runRow = (id: string, change: Partial<RunRow> = {}): RunRow => ({
  id,
  name: 'Sample',
  number: 1,
  status: 'COMPLETED',
  phase: 'COMPLETED',
  cancellationReason: null,
  waitsFor: null,
  createdAt: timing().createdAt,
  deletedAt: null,
  importedAt: null,
  templateId: '01TEMPLATE',
  fingerprint: 'f1',
  tags: [],
  annotation: null,
  isBaseline: false,
  plan: runPlan(),
  timing: timing({ elapsedSeconds: 15 }),
  controller: null,
  aggregateMetrics: metrics(),
  ...change,
})
