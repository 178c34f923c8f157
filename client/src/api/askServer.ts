import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { client } from './client.ts'
import { waitBeforeRetry } from './retryDelay.ts'
import { explainError, type ServerProblem } from './serverProblem.ts'

export type Answer<Data> = { readonly data: Data; readonly problem: null } | { readonly data: Data | null; readonly problem: ServerProblem }

const NO_ANSWER: ServerProblem = { text: 'The server gave no answer. Try again.', code: null, details: [], isUnreachable: true }

/** One query, one answer; never throws. */
export const askServer = async <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> => {
  const { data, error } = await client.query(document, variables).toPromise()
  if (error !== undefined) return { data: data ?? null, problem: explainError(error) }
  return data === undefined ? { data: null, problem: NO_ANSWER } : { data, problem: null }
}

/** Asks until the server answers, telling `onUnreachable` of each failure; null when `isWanted` turned false meanwhile. */
export const askUntilAnswered = async <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isWanted: () => boolean,
  onUnreachable: (problem: ServerProblem) => void,
): Promise<Answer<Data> | null> => {
  for (let attempt = 0; ; attempt++) {
    const answer = await askServer(document, variables)
    if (!isWanted()) return null
    if (!answer.problem?.isUnreachable) return answer
    onUnreachable(answer.problem)
    await waitBeforeRetry(attempt)
    if (!isWanted()) return null
  }
}

/** One mutation, one answer; never throws and is never repeated. */
export const tellServer = async <Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> => {
  const { data, error } = await client.mutation(document, variables).toPromise()
  if (error !== undefined) return { data: data ?? null, problem: explainError(error) }
  return data === undefined ? { data: null, problem: NO_ANSWER } : { data, problem: null }
}
