import type { PreparedLoad } from '../load/prepareLoad.ts'
import { statementsOf } from '../operations/statementsOf.ts'
import type { Service } from '../service.ts'
import { openSpool, type Spool } from './spool.ts'

const BYTES_PER_MB = 1_024 * 1_024

/** The spool of this worker's part in its run, told in each heartbeat from now on; null: the plan or the environment asks for none. */
export const openRunSpool = async (
  { args, config, run, report, log }: Pick<Service, 'args' | 'config' | 'run' | 'report' | 'log'>,
  { operations }: Pick<PreparedLoad, 'operations'>,
): Promise<Spool | null> => {
  if (config.spool === null || !run.plan.advanced.keepExecutions) return null
  const spool = await openSpool({
    folder: config.spool.folder,
    identity: { runId: args.runId, workerId: args.workerId, attempt: report.attempt },
    statements: statementsOf(run.plan, operations),
    limitBytes: config.spool.limitMb * BYTES_PER_MB,
    log,
  })
  report.spool = () => spool.report()
  return spool
}
