import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import { expressMiddleware } from '@as-integrations/express5'
import express, { type RequestHandler } from 'express'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import sirv from 'sirv'
import { Fault } from '../fault.ts'
import type { Log } from '../log.ts'
import { type ApiContext, type ApiServices, contextOf } from './context.ts'
import { readHealth } from './health/readHealth.ts'
import { hostnameOf, isLoopback } from './loopback.ts'
import { presentError } from './presentError.ts'
import { serveSubscriptions } from './subscriptions.ts'

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

export interface HttpServerOptions {
  readonly port: number
  readonly schema: GraphQLSchema
  readonly services: ApiServices
  /** What workers push to. */
  readonly reports: RequestHandler
  /** Files that were exported, and bundles that are sent. */
  readonly files: RequestHandler
  readonly log: Log
  /** The console's built files. */
  readonly clientFolder: string
}

/** Loopback only, until there is a sign-in. */
const HOST = '127.0.0.1'
const LARGEST_BODY = '1mb'

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const

/** `/graphql` over HTTP and WebSocket, `/health`, what workers push to, files of runs, and the console. */
export const startHttpServer = async ({
  port,
  schema,
  services,
  reports,
  files,
  log,
  clientFolder,
}: HttpServerOptions): Promise<HttpServer> => {
  const app = express()
  const server = createServer(app)
  const apollo = new ApolloServer<ApiContext>({
    schema,
    introspection: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    formatError: (formatted, error) =>
      presentError(
        error instanceof GraphQLError ? error : new GraphQLError(formatted.message),
        log,
        String(formatted.extensions?.['code']),
      ),
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer: server }),
      ApolloServerPluginLandingPageDisabled(),
      // It looks at each field of an answer, and a chart has tens of thousands; nothing here is cached.
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
  await apollo.start()

  app.disable('x-powered-by')
  app.use((request, response, next) => {
    if (isLoopback(hostnameOf(request.headers.host ?? ''))) next()
    else response.status(403).send('FlakeBench answers on this machine only, under the name localhost.\n')
  })
  app.get('/health', async (_request, response) => {
    const health = await readHealth(services)
    response.status(health.ok ? 200 : 503).json(health)
  })
  app.use(reports)
  app.use(files)
  app.use('/graphql', express.json({ limit: LARGEST_BODY }), expressMiddleware(apollo, { context: async () => contextOf(services) }))
  if (existsSync(clientFolder)) {
    const pages = sirv(clientFolder, { single: true, gzip: true, brotli: true, setHeaders: response => setSecurityHeaders(response) })
    app.use((request, response, next) => pages(request, response, next))
  } else log.warn('the console is not built: run "pnpm build"', { folder: clientFolder })

  await listen(server, port)
  const subscriptions = serveSubscriptions(server, schema, services, log)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      await subscriptions.close()
      await apollo.stop()
    },
  }
}

const setSecurityHeaders = (response: { setHeader(name: string, value: string): unknown }): void => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
}

const portTaken = (port: number): Fault =>
  new Fault(
    `Port ${port} is taken by another program. Stop it, or choose another port: npm start -- --port ${port + 1} (or FLAKEBENCH_PORT=${port + 1}).`,
  )

/** Refuses a taken port before anything else is set up. @throws Fault */
export const checkPort = async (port: number): Promise<void> => {
  const probe = createServer()
  await listen(probe, port)
  await new Promise(resolve => probe.close(resolve))
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', error => reject((error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? portTaken(port) : error))
    server.listen(port, HOST, () => resolve())
  })
