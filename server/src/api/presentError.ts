import { randomUUID } from 'node:crypto'
import { ControlDatabaseUnavailable } from '@flakebench/store'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import type { Log } from '../log.ts'
import { Refusal } from '../refusal.ts'

/**
 * What a client is told of a failure: a stable code, plain words, every problem; never a stack or an inner message. The one place that maps them.
 * @param code for an error that GraphQL itself raised, where it has none of its own
 */
export const presentError = (error: GraphQLError, log: Log, code = 'BAD_REQUEST'): GraphQLFormattedError => {
  const place = {
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
  }
  const cause = innermost(error)
  if (cause instanceof Refusal) {
    const extensions = {
      code: cause.code,
      ...(cause.problems.length === 0 ? {} : { problems: cause.problems }),
      ...(cause.runId === null ? {} : { runId: cause.runId }),
    }
    return { ...place, message: cause.message, extensions }
  }
  if (cause instanceof ControlDatabaseUnavailable) {
    log.error('the control database does not answer', { error: cause })
    return {
      ...place,
      message: 'The control database does not answer; try again in a moment',
      extensions: { code: 'CONTROL_DATABASE_UNAVAILABLE' },
    }
  }
  // Raised by GraphQL itself: a bad document or bad variables, which the client must hear as they are.
  if (cause instanceof GraphQLError) return { ...place, message: cause.message, extensions: { code: cause.extensions['code'] ?? code } }
  const id = randomUUID()
  log.error('a request failed', { id, error: cause, stack: cause instanceof Error ? cause.stack : undefined })
  return { ...place, message: `The server failed; its log says why under ${id}`, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
}

const innermost = (error: unknown): unknown => {
  if (error instanceof GraphQLError && error.originalError != null) return innermost(error.originalError)
  return error
}
