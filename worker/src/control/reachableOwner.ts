import { isOrchestratorOn } from '@flakebench/contract'
import type { RunControl } from '@flakebench/store'

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * Where this worker can push to the run's owner; null: nowhere. A loopback address is the owner's own: on another machine whoever listens there is a
 * stranger, who is not to be shown the run's token.
 * @param host of this worker
 */
export const reachableOwner = (
  { orchestratorId, orchestratorUrl }: Pick<RunControl, 'orchestratorId' | 'orchestratorUrl'>,
  host: string,
): string | null => {
  if (orchestratorUrl === null || !URL.canParse(orchestratorUrl)) return null
  if (!LOOPBACK.has(new URL(orchestratorUrl).hostname)) return orchestratorUrl
  return orchestratorId !== null && isOrchestratorOn(orchestratorId, host) ? orchestratorUrl : null
}
