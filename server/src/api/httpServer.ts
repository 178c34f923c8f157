import { existsSync } from 'node:fs'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import { expressMiddleware } from '@as-integrations/express5'
import express, { type RequestHandler } from 'express'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import sirv from 'sirv'
import { NOBODY } from '../access/actor.ts'
import type { Log } from '../log.ts'
import { openPushPlace, type PushPlace } from '../push/pushPlace.ts'
import { admission } from './admission.ts'
import { addressOf } from './caller.ts'
import { type ApiContext, type ApiServices, contextOf } from './context.ts'
import { givenUpWith } from './givenUp.ts'
import { readHealth } from './health/readHealth.ts'
import { lastError } from './lastError.ts'
import { boundedRequests, limitsPlugin } from './limits/httpLimits.ts'
import { documentReader } from './limits/readDocument.ts'
import { answeringInTime } from './limits/requestTime.ts'
import { listen, serverFor, type TlsFiles } from './listen.ts'
import { presentError } from './presentError.ts'
import { SECURITY_HEADERS } from './securityHeaders.ts'
import { serveSubscriptions } from './subscriptions.ts'

export interface HttpServer {
  readonly port: number
  /** Where workers of this machine push to. */
  readonly pushUrl: string
  close(): Promise<void>
}

export interface HttpServerOptions {
  readonly port: number
  /** That it listens on. */
  readonly host: string
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null
  /** Whether a proxy is said to be before it. */
  readonly isProxied: boolean
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

const WRONG_HOST = 'FlakeBench does not go by this name: open it as localhost, by its address, or by what FLAKEBENCH_PUBLIC_URL says.'

/** `/graphql` over HTTP and WebSocket, `/health`, what workers push to, files of runs, and the console. */
export const startHttpServer = async ({
  port,
  host,
  tls,
  isProxied,
  schema,
  services,
  reports,
  files,
  log,
  clientFolder,
}: HttpServerOptions): Promise<HttpServer> => {
  const documents = documentReader(schema)
  const { gate } = services.access
  const { admit, admitted } = admission(gate, log)
  const app = express()
  const server = serverFor(app, tls)
  const apollo = new ApolloServer<ApiContext>({
    schema,
    introspection: true,
    // A document that is not sent along could not be bounded.
    persistedQueries: false,
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
      limitsPlugin,
    ],
  })
  await apollo.start()

  app.disable('x-powered-by')
  app.use((request, response, next) => {
    if (gate.isOwnHost(request.headers.host)) next()
    else response.status(403).send(`${WRONG_HOST}\n`)
  })
  app.get('/health', async (request, response) => {
    const actor = await gate.actorOf(request.headers).catch(() => NOBODY)
    const health = await readHealth(services, actor)
    response.status(health.ok ? 200 : 503).json(health)
  })
  app.use(reports)
  app.use(files)
  app.use(
    '/graphql',
    admit,
    ...boundedRequests(documents, log),
    expressMiddleware(answeringInTime(apollo, documents), {
      context: async ({ req, res }) => {
        const { actor, unknownBecause } = admitted(req)
        const setCookie = (text: string): void => void res.setHeader('Set-Cookie', text)
        return contextOf(services, actor, { ...addressOf(req, isProxied), setCookie, unknownBecause }, givenUpWith(res))
      },
    }),
  )
  if (existsSync(clientFolder)) {
    const pages = sirv(clientFolder, { single: true, gzip: true, brotli: true, setHeaders: response => setSecurityHeaders(response) })
    app.use((request, response, next) => pages(request, response, next))
  } else log.warn('the console is not built: run "pnpm build"', { folder: clientFolder })
  app.use(lastError(log))

  const listening = await listen(server, port, host)
  const push: PushPlace = await openPushPlace({ host, port: listening, isTls: tls !== null }, express.Router().use(reports, lastError(log)))
  const subscriptions = serveSubscriptions(server, { schema, documents, services, gate, isProxied, log })
  return {
    port: listening,
    pushUrl: push.url,
    close: async () => {
      await subscriptions.close()
      await apollo.stop()
      await push.close()
    },
  }
}

const setSecurityHeaders = (response: { setHeader(name: string, value: string): unknown }): void => {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
}
