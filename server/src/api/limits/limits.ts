import { GraphQLError } from 'graphql'

/** What one client may ask for; the same over HTTP and WebSocket. The console's own documents stay far below: see test/pure/limits.test.ts. */
export const LIMITS = {
  /** Fields below each other. */
  depth: 15,
  /** The same, of questions about the schema itself. */
  introspectionDepth: 20,
  aliases: 30,
  directives: 50,
  /** As they are written, fragments once. */
  fields: 1_500,
  tokens: 10_000,
  /** Brackets within brackets, of whatever kind. */
  nesting: 64,
  /** Values that an answer may have, as far as the document tells: see complexity.ts. */
  complexity: 1_000_000,
  bodyBytes: 1_048_576,
  requestMs: 30_000,
  /** Of one signed-in client; where nobody signs in, of one socket. */
  subscriptions: 100,
  sockets: 20,
  /** Of all who have not signed in, together. */
  strangersSockets: 200,
} as const

/** @param message names the limit, and what to do */
export const overLimit = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', http: { status: 400 } } })
