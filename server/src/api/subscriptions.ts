import type { IncomingMessage, Server } from 'node:http'
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { Log } from '../log.ts'
import { type ApiServices, contextOf } from './context.ts'
import { isOwnPage } from './loopback.ts'
import { presentError } from './presentError.ts'

const LARGEST_MESSAGE = 1_048_576

/** Subscriptions over WebSocket (graphql-ws protocol) on the path of the HTTP endpoint. */
export const serveSubscriptions = (
  server: Server,
  schema: GraphQLSchema,
  services: ApiServices,
  log: Log,
): { readonly close: () => Promise<void> } => {
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    maxPayload: LARGEST_MESSAGE,
    verifyClient: ({ req }: { req: IncomingMessage }) => isOwnPage(req.headers.origin),
  })
  const present = (errors: readonly unknown[]): GraphQLFormattedError[] =>
    errors.map(error => presentError(error instanceof GraphQLError ? error : new GraphQLError(String(error)), log))
  const protocol = useServer(
    {
      schema,
      context: () => contextOf(services),
      onError: (_socket, _id, _payload, errors) => present(errors),
      onNext: (_socket, _id, _payload, _args, { data, errors }) => {
        if (errors !== undefined) return { ...(data === undefined ? {} : { data }), errors: present(errors) }
      },
    },
    sockets,
  )
  return { close: async () => void (await protocol.dispose()) }
}
