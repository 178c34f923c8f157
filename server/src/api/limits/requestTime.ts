import { type ApolloServer, HeaderMap } from '@apollo/server'
import { type DocumentNode, GraphQLError, getOperationAST, Kind, type SelectionSetNode } from 'graphql'
import type { ApiContext } from '../context.ts'
import { LIMITS } from './limits.ts'
import type { DocumentReader } from './readDocument.ts'

export const tooLong = (): GraphQLError =>
  new GraphQLError(
    `The answer took longer than ${LIMITS.requestMs / 1_000} s. What was asked for may still be done: look before you ask again, or ask for less`,
    { extensions: { code: 'TIMEOUT' } },
  )

/** The work, or the error when it takes too long; the work itself goes on. @param limitMs null: it takes as long as it takes */
export const inTime = async <T>(work: Promise<T>, limitMs: number | null = LIMITS.requestMs): Promise<T> => {
  if (limitMs === null) return await work
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLong()), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Takes a whole bundle in, which may be gigabytes. */
const LONG_WORK = 'importRun'

/** How long an operation may take; null: as long as it takes, where all that it asks for is long work. */
export const requestLimitMs = (document: DocumentNode, operationName: string | null | undefined): number | null => {
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== 'mutation') return LIMITS.requestMs
  return rootFields(document, operation.selectionSet).every(name => name === LONG_WORK) ? null : LIMITS.requestMs
}

/** Names, those of fragments as well; one that spreads itself, which is not valid, has to end. */
const rootFields = (document: DocumentNode, root: SelectionSetNode): string[] => {
  const names: string[] = []
  const seen = new Set<SelectionSetNode>()
  const left = [root]
  for (let set = left.pop(); set !== undefined; set = left.pop()) {
    if (seen.has(set)) continue
    seen.add(set)
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) names.push(selection.name.value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) left.push(selection.selectionSet)
      else {
        for (const one of document.definitions)
          if (one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value) left.push(one.selectionSet)
      }
    }
  }
  return names
}

type Answering = Pick<ApolloServer<ApiContext>, 'assertStarted' | 'executeHTTPGraphQLRequest'>

/** The same server, but each request is answered in time. */
export const answeringInTime = (apollo: ApolloServer<ApiContext>, documents: DocumentReader): ApolloServer<ApiContext> => {
  const answering: Answering = {
    assertStarted: words => apollo.assertStarted(words),
    executeHTTPGraphQLRequest: async request => {
      const work = apollo.executeHTTPGraphQLRequest(request)
      return await inTime(work, limitOfBody(request.httpGraphQLRequest.body, documents)).catch((error: unknown) => {
        if (!(error instanceof GraphQLError)) throw error
        // What comes of it later is told to nobody.
        work.catch(() => undefined)
        return { status: 200, headers: new HeaderMap(JSON_ANSWER), body: { kind: 'complete', string: JSON.stringify({ errors: [error] }) } }
      })
    },
  }
  return answering as ApolloServer<ApiContext>
}

const limitOfBody = (body: unknown, documents: DocumentReader): number | null => {
  const { query, operationName } = (body ?? {}) as { readonly query?: unknown; readonly operationName?: unknown }
  if (typeof query !== 'string') return LIMITS.requestMs
  try {
    return requestLimitMs(documents.read(query), typeof operationName === 'string' ? operationName : null)
  } catch {
    // No GraphQL, which is refused at once.
    return LIMITS.requestMs
  }
}

const JSON_ANSWER: [string, string][] = [['content-type', 'application/json; charset=utf-8']]
