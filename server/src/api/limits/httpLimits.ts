import type { ApolloServerPlugin } from '@apollo/server'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { GraphQLError } from 'graphql'
import type { Log } from '../../log.ts'
import type { ApiContext } from '../context.ts'
import { presentError } from '../presentError.ts'
import { refuseNul } from './characters.ts'
import { boundComplexity } from './complexity.ts'
import { boundIntrospection } from './introspection.ts'
import { LIMITS, overLimit } from './limits.ts'
import type { DocumentReader } from './readDocument.ts'

/** What Apollo asks when it knows the operation and its variables. */
export const limitsPlugin: ApolloServerPlugin<ApiContext> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, document, operation, request, contextValue }) => {
      // Executed here, it would be answered once, without ever having been subscribed to.
      if (operation?.operation === 'subscription') throw onlyBySocket()
      refuseNul('', request.variables)
      boundIntrospection(document, contextValue.actor)
      boundComplexity({ schema, document, operationName: request.operationName, variables: request.variables })
    },
  }),
}

/** Bodies up to the limit, and documents within theirs, before anything else is done with them. */
export const boundedRequests = (documents: DocumentReader, log: Log): (RequestHandler | ErrorRequestHandler)[] => {
  const refuseOthers: RequestHandler = (request, response, next) => {
    if (request.method === 'POST') next()
    else
      response
        .status(405)
        .set('Allow', 'POST')
        .json({ errors: [presentError(onlyByPost(), log)] })
  }
  const checkDocument: RequestHandler = (request, response, next) => {
    // What is no JSON has no body, which Apollo refuses with good words.
    request.body ??= {}
    const { query } = request.body as { readonly query?: unknown }
    const excess = typeof query === 'string' ? excessOf(query) : null
    if (excess === null) next()
    else response.status(400).json({ errors: [presentError(excess, log)] })
  }
  /** Null: none. What is wrong otherwise Apollo finds again, and says where it is. */
  const excessOf = (text: string): GraphQLError | null => {
    try {
      refuseNul(text, null)
      documents.read(text)
      return null
    } catch (error) {
      return error instanceof GraphQLError && error.extensions['code'] !== undefined ? error : null
    }
  }
  const refuseBody: ErrorRequestHandler = (error: { readonly status?: number; readonly type?: string }, _request, response, next) => {
    const { status = 500 } = error
    if (status < 400 || status >= 500) next(error)
    else response.status(status).json({ errors: [presentError(problemOfBody(error), log)] })
  }
  return [refuseOthers, express.json({ limit: LIMITS.bodyBytes }), checkDocument, refuseBody]
}

const onlyBySocket = (): GraphQLError =>
  new GraphQLError('Subscriptions are answered over a WebSocket, by the protocol graphql-transport-ws, at the same address', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  })

const onlyByPost = (): GraphQLError =>
  new GraphQLError('Questions are sent by POST, as JSON: {"query": "…", "variables": {…}}', { extensions: { code: 'BAD_REQUEST' } })

const problemOfBody = ({ type }: { readonly type?: string }): GraphQLError => {
  if (type === 'entity.too.large') return overLimit(`A request may have ${LIMITS.bodyBytes} bytes: send less at once`)
  return new GraphQLError('The body cannot be read: send JSON, as {"query": "…", "variables": {…}}', {
    extensions: { code: 'BAD_REQUEST' },
  })
}
