import type { LoadPhase, Plan } from '@flakebench/contract'

/** Of all that a session may set, what each statement carries itself: it costs no request, and the tag changes with the phase. */
export const statementParameters = (
  { target, advanced }: Pick<Plan, 'target' | 'advanced'>,
  runId: string,
  workerId: string,
  phase: LoadPhase | 'PREPARING' | 'PROCESSING',
): Record<string, string | number | boolean> => ({
  QUERY_TAG: `flakebench:run_id=${runId}:worker_id=${workerId}:phase=${phase}`,
  USE_CACHED_RESULT: target.useCachedResult,
  STATEMENT_TIMEOUT_IN_SECONDS: advanced.statementTimeoutSeconds,
})
