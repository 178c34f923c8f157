import type { ParameterValue } from '../sessions/parameters.ts'
import type { Session } from '../sessions/session.ts'
import type { Bindings } from '../wire/binds.ts'
import { type Cancellation, createCancellation } from './cancellation.ts'

/** `DONE` is either way: `refusal` tells. */
export type StatementState = 'WAITING' | 'RUNNING' | 'DONE'

/** One statement that a driver has sent, from its first request to long after its answer: a repeated request id gets the same answer. */
export interface Statement {
  /** What Snowflake calls query id. */
  readonly id: string
  readonly requestId: string
  readonly session: Session
  readonly text: string
  readonly bindings: Bindings | undefined
  /** Session parameters with the statement's own over them. */
  readonly parameters: ReadonlyMap<string, string>
  readonly hasOwnParameters: boolean
  readonly cancellation: Cancellation
  /** Epoch, without skew. */
  readonly receivedAtMs: number
  /** Monotonic. */
  readonly receivedAt: number
  state: StatementState
  /** How many requests asked for it to be executed. An object of its own: the log keeps it for longer than the statement. */
  readonly receipts: { times: number }
  /** JSON; null: not yet. */
  answerJson: string | null
  /** Its answer has been handed over at least once. */
  isDelivered: boolean
  refusal: { readonly code: string; readonly message: string } | null
  /** Resolves when `answerJson` is there. Never rejects. */
  readonly done: Promise<void>
  finish(answerJson: string): void
  readonly timings: StatementTimings
  /** Its tables, once it is understood: see `isLeftOutOfHistory`. */
  touchesHybridOnly: boolean
}

/** Filled in as it goes. */
export interface StatementTimings {
  queuedOverloadMs: number
  queuedProvisioningMs: number
  blockedMs: number
  clusterNumber: number | null
  rowsProduced: number | null
}

export interface StatementRequest {
  readonly sqlText: string
  readonly bindings?: Bindings
  readonly parameters?: Readonly<Record<string, ParameterValue>>
  readonly asyncExec?: boolean
}

export const createStatement = (
  id: string,
  requestId: string,
  session: Session,
  request: StatementRequest,
  parameters: ReadonlyMap<string, string>,
): Statement => {
  let resolve: () => void = () => undefined
  const done = new Promise<void>(settle => {
    resolve = settle
  })
  const statement: Statement = {
    id,
    requestId,
    session,
    text: request.sqlText,
    bindings: request.bindings,
    parameters,
    hasOwnParameters: parameters !== session.parameters,
    cancellation: createCancellation(),
    receivedAtMs: Date.now(),
    receivedAt: performance.now(),
    state: 'WAITING',
    receipts: { times: 1 },
    answerJson: null,
    isDelivered: false,
    refusal: null,
    done,
    finish(answerJson) {
      statement.answerJson = answerJson
      statement.state = 'DONE'
      resolve()
    },
    timings: { queuedOverloadMs: 0, queuedProvisioningMs: 0, blockedMs: 0, clusterNumber: null, rowsProduced: null },
    touchesHybridOnly: false,
  }
  return statement
}
