import type { Heartbeat } from './run.ts'
import type { WorkerSnapshot } from './snapshot.ts'

/**
 * What a worker sends straight to the server that drives its run, beside writing the same to the tables: so that live figures are fresh however slow
 * the control database is. Losing it loses nothing. `POST <server>/runs/<run id>/reports` with `Authorization: Bearer <the run's token>`.
 */
export interface PushedReport {
  readonly heartbeat: Heartbeat
  /** In their order; also ones that were sent before without an answer. */
  readonly snapshots: readonly WorkerSnapshot[]
}

/** The server's answer. */
export interface PushAnswer {
  /** False: this server does not drive the run; the run's row says who does. */
  readonly owned: boolean
  /** Commands up to and including this one have been given: a worker that has not applied it looks at its run now. */
  readonly newestSequenceId: number
}
