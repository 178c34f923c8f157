import type { RunRecord } from '@flakebench/contract'
import type { SqlClient } from '@flakebench/store'
import type { Arguments } from './arguments.ts'
import type { Config } from './config.ts'
import type { Beating } from './control/beat.ts'
import type { Log, Logging } from './control/logging.ts'
import type { ControlClients } from './control/openControl.ts'
import type { Pacer } from './control/pacer.ts'
import type { WorkerReport } from './control/workerReport.ts'

export interface WorkerDeps {
  readonly args: Arguments
  readonly config: Config
  /** Aborted when this process is asked to end. */
  readonly terminated: AbortSignal
  readonly print: (line: string) => void
}

/** What the stages of a worker's life share. */
export interface Service extends WorkerDeps, ControlClients {
  /** `db`, for what comes before the start. */
  readonly patientDb: SqlClient
  readonly run: RunRecord
  readonly report: WorkerReport
  readonly beating: Beating
  readonly log: Log
  readonly logging: Logging
  /** How often to speak to the control database. */
  readonly pacer: Pacer
  /** Aborted when a later attempt of the same worker has taken over. */
  readonly superseded: AbortSignal
}
