import type { Statement } from './statement.ts'

/** Statements by the ids that drivers ask with. */
export interface Statements {
  add(statement: Statement): void
  /** Null: it was never received, or long ago. */
  byRequestId(requestId: string): Statement | null
  byId(id: string): Statement | null
  /** Its answer went out whole: it need not be kept for long. */
  deliver(statement: Statement): void
  underWay(): readonly Statement[]
}

/** Answers that went out whole are kept for readers by query id, up to so many. */
const KEPT_DELIVERED = 5000
/** What was never delivered is what a driver will ask for again; it gives up after minutes. */
const KEPT_UNDELIVERED_MS = 600_000

export const createStatements = (): Statements => {
  const requests = new Map<string, Statement>()
  const ids = new Map<string, Statement>()
  /** A ring: the oldest is written over. */
  const delivered: Statement[] = []
  let next = 0
  const forget = (statement: Statement): void => {
    requests.delete(statement.requestId)
    ids.delete(statement.id)
  }
  const forgetAbandoned = (): void => {
    const before = Date.now() - KEPT_UNDELIVERED_MS
    for (const statement of ids.values()) {
      if (statement.receivedAtMs > before) break
      if (statement.state === 'DONE') forget(statement)
    }
  }
  return {
    add(statement) {
      requests.set(statement.requestId, statement)
      ids.set(statement.id, statement)
    },
    byRequestId: requestId => requests.get(requestId) ?? null,
    byId: id => ids.get(id) ?? null,
    deliver(statement) {
      if (statement.isDelivered) return
      statement.isDelivered = true
      const oldest = delivered[next]
      if (oldest !== undefined) forget(oldest)
      delivered[next] = statement
      next = (next + 1) % KEPT_DELIVERED
      if (next === 0) forgetAbandoned()
    },
    underWay: () => [...ids.values()].filter(statement => statement.state !== 'DONE'),
  }
}
