import type { IncomingMessage, Server } from 'node:http'
import {
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  subscribe,
} from 'graphql'
import { handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Gate } from '../access/gate.ts'
import type { Log } from '../log.ts'
import { Refusal } from '../refusal.ts'
import { addressOf, SOCKET_CALLER } from './caller.ts'
import { type ApiServices, contextOf } from './context.ts'
import { closeReason } from './fanout/closeReason.ts'
import { openFanout, type Receiver } from './fanout/fanout.ts'
import { CLOSE, type Line } from './fanout/line.ts'
import { openLines } from './fanout/lines.ts'
import { type Sharing, sharingOf } from './fanout/sharing.ts'
import { refuseNul } from './limits/characters.ts'
import { boundComplexity } from './limits/complexity.ts'
import { boundIntrospection } from './limits/introspection.ts'
import { LIMITS, overLimit } from './limits/limits.ts'
import type { DocumentReader } from './limits/readDocument.ts'
import { inTime, requestLimitMs } from './limits/requestTime.ts'
import { presentError } from './presentError.ts'

export interface SubscriptionsOptions {
  readonly schema: GraphQLSchema
  readonly documents: DocumentReader
  readonly services: ApiServices
  readonly gate: Gate
  /** Whether a proxy is said to be before the server. */
  readonly isProxied: boolean
  readonly log: Log
}

interface Extra {
  readonly line: Line
  readonly request: IncomingMessage
}

/** What is executed, and by whom it may be shared. */
interface Asked extends ExecutionArgs {
  readonly shared: { readonly key: string; readonly sharing: Sharing; readonly receiver: Receiver } | null
}

/** An ExecutionResult. */
interface Answered {
  readonly data?: Record<string, unknown> | null | undefined
  readonly errors?: readonly unknown[] | undefined
}

/** A message of more is told why it is refused; one of more than this is not even read. */
const LARGEST_READ = 2 * LIMITS.bodyBytes

/** Subscriptions over WebSocket (graphql-ws protocol) on the path of the HTTP endpoint. */
export const serveSubscriptions = (
  server: Server,
  { schema, documents, services, gate, isProxied, log }: SubscriptionsOptions,
): { readonly close: () => Promise<void> } => {
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    maxPayload: LARGEST_READ,
    handleProtocols: offered => handleProtocols(offered),
    verifyClient: ({ req }: { req: IncomingMessage }) =>
      gate.isOwnHost(req.headers.host) && gate.isOwnPage(req.headers.origin, req.headers.host),
  })
  const present = (errors: readonly unknown[]): GraphQLFormattedError[] =>
    errors.map(error => presentError(error instanceof GraphQLError ? error : new GraphQLError(String(error)), log))
  const presented = ({ data, errors }: Answered): FormattedExecutionResult => ({
    ...(data === undefined ? {} : { data }),
    ...(errors === undefined ? {} : { errors: present(errors) }),
  })
  const lines = openLines(gate, log, services.pace)
  const fanout = openFanout(presented)

  const check = ({ line, request }: Extra, id: string, payload: SubscribePayload): Asked => {
    if (lines.subscriptionsWith(line) > LIMITS.subscriptions) {
      throw overLimit(`You may follow ${LIMITS.subscriptions} subscriptions at once: end one that you no longer need`)
    }
    const { query, operationName, variables } = payload
    refuseNul(query, variables)
    const document = documents.readValid(query)
    if (!('definitions' in document)) throw new NotValid(document)
    boundIntrospection(document, line.actor)
    const sharing = sharingOf(document, operationName)
    const key = sharing === null ? '' : keyOf(payload, line)
    if (sharing === null || !fanout.has(key)) boundComplexity({ schema, document, operationName, variables })
    return {
      schema,
      document,
      operationName: operationName ?? null,
      variableValues: variables ?? null,
      contextValue: contextOf(services, line.actor, { ...SOCKET_CALLER, ...addressOf(request, isProxied) }),
      shared: sharing === null ? null : { key, sharing, receiver: line.receiver(id, sharing) },
    }
  }

  const checked = (extra: Extra, id: string, payload: SubscribePayload): Asked | readonly GraphQLError[] => {
    try {
      return check(extra, id, payload)
    } catch (error) {
      if (error instanceof NotValid) return error.errors
      if (error instanceof GraphQLError) return [error]
      throw error
    }
  }

  const protocol = makeServer<Record<string, unknown>, Extra>({
    onConnect: async context => {
      const { line, request } = context.extra
      line.countSubscriptions = () => Object.keys(context.subscriptions).length
      return await lines.letIn(line, request.headers, context.connectionParams)
    },
    onSubscribe: async ({ extra }, id, payload) => {
      // Before anything is waited for, as it counts the subscriptions that came before.
      const asked = checked(extra, id, payload)
      return (await lines.mayStill(extra.line)) ? asked : [signInAgain()]
    },
    subscribe: args => {
      const { shared, ...question } = args as Asked
      return shared === null ? subscribe(question) : fanout.join({ ...question, ...shared }, shared.receiver)
    },
    execute: args =>
      inTime(Promise.resolve(execute(args)), requestLimitMs(args.document, args.operationName)).catch(
        (error: unknown): ExecutionResult => ({ errors: [error as GraphQLError] }),
      ),
    onError: (_context, _id, _payload, errors) => present(errors),
    onNext: ({ extra }, _id, _payload, _args, result) => {
      extra.line.isTold = true
      if (result.errors !== undefined) return presented(result)
    },
  })

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const line = lines.open(socket)
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: text => line.send(text),
        close: (code, words) => socket.close(code, closeReason(words ?? '')),
        onMessage: hear => socket.on('message', message => void read(String(message), hear, line)),
      },
      { line, request },
    )
    // Its end follows, and tells all that is to be known.
    socket.on('error', () => undefined)
    socket.once('close', (code, words) => {
      lines.forget(line)
      void closed(code, String(words))
    })
  })
  const read = async (message: string, hear: (message: string) => Promise<void>, line: Line): Promise<void> => {
    if (message.length > LIMITS.bodyBytes) {
      return line.drop(CLOSE.TOO_LARGE, `A message may have ${LIMITS.bodyBytes} bytes: send less at once.`)
    }
    await hear(message).catch((error: unknown) => {
      log.error('a message of a WebSocket failed', { error, stack: error instanceof Error ? error.stack : undefined })
      line.drop(CLOSE.FAILED, 'The server failed; its log says why.')
    })
  }

  return {
    close: async () => {
      await lines.close()
      await new Promise<void>(resolve => sockets.close(() => resolve()))
    },
  }
}

const signInAgain = (): GraphQLError => new GraphQLError('', { originalError: new Refusal('UNAUTHENTICATED', 'Sign in again') })

class NotValid extends Error {
  constructor(readonly errors: readonly GraphQLError[]) {
    super('not valid')
  }
}

/** All that an answer depends on. Two with the same rights are told the same; see access/rules.ts. */
const keyOf = ({ query, operationName, variables }: SubscribePayload, { actor }: Line): string => {
  try {
    return JSON.stringify([query, operationName ?? null, variables ?? null, actor.role])
  } catch {
    throw overLimit('The variables are nested too deep')
  }
}
