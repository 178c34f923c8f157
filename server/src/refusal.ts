import type { Problem } from '@flakebench/contract'

/** Why a request cannot be done: a closed set, with words for a person. Mapped to GraphQL once, at the edge. TARGET_FAILED: the benchmarked system said no. */
export type RefusalCode =
  | 'NOT_FOUND'
  | 'WRONG_STATE'
  | 'VALIDATION_FAILED'
  | 'CONFLICT'
  | 'TARGET_FAILED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'TOO_MANY_REQUESTS'

export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly code: RefusalCode,
    message: string,
    /** Every problem at once, each with the path of its field. */
    readonly problems: readonly Problem[] = [],
    /** The run that stands in the way, where it is one. */
    readonly runId: string | null = null,
  ) {
    super(message)
  }
}

export const notFound = (what: string, id: string): Refusal => new Refusal('NOT_FOUND', `There is no ${what} with id ${id}`)

export const invalid = (what: string, problems: readonly Problem[]): Refusal =>
  new Refusal(
    'VALIDATION_FAILED',
    `${what} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${problems.map(one => one.message).join('; ')}`,
    problems,
  )
