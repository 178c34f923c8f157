import type { StatementFacts } from '../dials.ts'
import type { AnswerPlace } from '../wire/answer.ts'
import type { Backend } from './backend.ts'
import { type ParameterValue, parametersJson } from './parameters.ts'

/**
 * `ABORTED`: a statement failed under TRANSACTION_ABORT_ON_ERROR, everything but COMMIT and ROLLBACK is refused.
 */
export type TransactionState = 'NONE' | 'OPEN' | 'ABORTED'

/** Someone signed in. */
export interface Session {
  readonly id: number
  readonly account: string
  readonly user: string
  readonly application: string
  readonly backend: Backend
  /** The roles that may be used; null: any. */
  readonly roles: readonly string[] | null
  /** As ALTER SESSION and the sign-in have set them. */
  readonly parameters: ReadonlyMap<string, string>
  role: string
  database: string | null
  schema: string | null
  warehouse: string | null
  transaction: TransactionState
  /** Of the hybrid tables that the open transaction has touched; null: none yet. */
  hybridDatabase: string | null
  /** Statements of a session run one after the other; the last one's end. */
  tail: Promise<unknown>
  setParameter(name: string, value: string | null): void
  /** What answers say about the session. */
  place(): AnswerPlace
  facts(text: string, tag: string): StatementFacts
}

interface SessionStart {
  readonly id: number
  readonly account: string
  readonly user: string
  readonly application: string
  readonly role: string
  readonly roles: readonly string[] | null
  readonly database: string | null
  readonly schema: string | null
  readonly warehouse: string | null
  readonly parameters: Readonly<Record<string, ParameterValue>>
  readonly backend: Backend
}

export const createSession = (start: SessionStart): Session => {
  const parameters = new Map<string, string>()
  for (const [name, value] of Object.entries(start.parameters)) parameters.set(name.toUpperCase(), String(value))
  let json = parametersJson(parameters)
  const session: Session = {
    id: start.id,
    account: start.account,
    user: start.user,
    application: start.application,
    backend: start.backend,
    roles: start.roles,
    parameters,
    role: start.role,
    database: start.database,
    schema: start.schema,
    warehouse: start.warehouse,
    transaction: 'NONE',
    hybridDatabase: null,
    tail: Promise.resolve(),
    setParameter(name, value) {
      if (value === null) parameters.delete(name)
      else parameters.set(name, value)
      json = parametersJson(parameters)
    },
    place: () => ({
      database: session.database,
      schema: session.schema,
      warehouse: session.warehouse,
      role: session.role,
      parametersJson: json,
    }),
    facts: (text, tag) => ({ text, tag, user: session.user, warehouse: session.warehouse, application: session.application }),
  }
  return session
}
