import type { TickDeps } from '../../server/src/orchestrator/tickDeps.ts'

/** Of runs whose workers are only spoken of: none has left executions behind, and no system under test knows of them. */
export const NOTHING_LEFT: Pick<TickDeps, 'loadExecutions' | 'enrichment'> = {
  loadExecutions: async () => ({ unread: [], fault: null }),
  enrichment: { duringLoad: () => undefined, loadEnded: async () => undefined, afterLoad: async () => undefined },
}
