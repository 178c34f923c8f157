import type { CombinedError } from '@urql/core'

/** What went wrong with a request, ready to be shown. `details` are the server's findings, each with the path of the field it is about. */
export interface ServerProblem {
  readonly text: string
  readonly code: string | null
  readonly details: readonly { readonly path: string; readonly message: string }[]
  /** The server could not be reached: worth trying again by itself. */
  readonly isUnreachable: boolean
  /** The run that stood in the way, where it was one. */
  readonly runId?: string | null
}

const pathText = (path: unknown): string => (Array.isArray(path) ? path.join('.') : typeof path === 'string' ? path : '')

const detailsIn = (problems: unknown): ServerProblem['details'] =>
  Array.isArray(problems)
    ? problems.map((problem: { path?: unknown; message?: unknown }) => ({
        path: pathText(problem.path),
        message: String(problem.message ?? ''),
      }))
    : []

/** Turns the client's error into plain text with the server's `extensions.code` and `extensions.problems`. */
export const explainError = (error: CombinedError): ServerProblem => {
  const first = error.graphQLErrors[0]
  if (first === undefined) {
    return { text: 'The server does not answer. Check that it is running.', code: null, details: [], isUnreachable: true }
  }
  const code = first.extensions?.['code']
  const runId = first.extensions?.['runId']
  return {
    text: error.graphQLErrors.map(each => each.message).join(' '),
    code: typeof code === 'string' ? code : null,
    details: error.graphQLErrors.flatMap(each => detailsIn(each.extensions?.['problems'])),
    isUnreachable: false,
    runId: typeof runId === 'string' ? runId : null,
  }
}
