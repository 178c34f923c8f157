import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSchema, execute, graphql, subscribe, validate } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { LogLine } from '../../client/src/api/documents/logDocuments.ts'
import type { RunDetail, RunUpdate } from '../../client/src/api/documents/runDocuments.ts'
import { SECURITY_HEADERS } from '../../server/src/api/securityHeaders.ts'
import { openFeed } from './feed.ts'
import { noParts, type RunParts } from './sampleRunParts.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = join(ROOT, 'client/dist')
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
}

export interface TargetOrder {
  readonly runId: string
  readonly workerId: string
  readonly connections: number
}

/** The built console in front of runs that are made up: for states that a real run reaches only after minutes, or by misfortune. */
export interface ConsoleApi {
  readonly url: string
  /** The run's page from now on shows this when it is asked for. */
  keep(detail: RunDetail, parts?: Partial<RunParts>): void
  /** Tells all who follow the run. */
  tell(update: RunUpdate): void
  /** Writes lines into the run's log, and tells all who follow it. */
  log(runId: string, lines: readonly LogLine[]): void
  /** What setWorkerTarget was called with. */
  readonly targets: readonly TargetOrder[]
  /** What a reader did to runs that are over, by the name of the mutation. */
  readonly keepings: readonly Keeping[]
  /** What the log was asked for by query. */
  readonly logQuestions: readonly LogQuestion[]
  /** What its log was asked for by subscription. */
  readonly logFollowings: readonly LogFollowing[]
  /** Cuts all sockets; the pages open new ones. */
  cut(): void
  close(): Promise<void>
}

export interface Keeping {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

export interface LogFollowing extends Pick<LogQuestion, 'levels' | 'sources'> {
  readonly runId: string
  readonly afterSeq?: string | null
}

export interface LogQuestion {
  readonly first: number
  readonly after?: string | null
  readonly levels?: readonly string[] | null
  readonly sources?: readonly string[] | null
}

/** As in the store: null and an empty list are no filter. */
const isAmong = (wanted: readonly string[] | null | undefined, word: string): boolean =>
  wanted == null || wanted.length === 0 || wanted.includes(word)
const isWanted = (line: LogLine, { levels, sources }: Pick<LogQuestion, 'levels' | 'sources'>): boolean =>
  isAmong(levels, line.level) && isAmong(sources, line.source)

/** `answers`: what else it answers, or answers otherwise, by the names of the schema's root fields. */
export const startConsoleApi = async (answers: Readonly<Record<string, unknown>> = {}): Promise<ConsoleApi> => {
  const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'))
  const runs = new Map<string, RunDetail & RunParts>()
  const logs = new Map<string, LogLine[]>()
  const updates = openFeed<RunUpdate>()
  const lines = openFeed<{ readonly runId: string; readonly lines: readonly LogLine[] }>()
  const changes = openFeed<never>()
  const targets: TargetOrder[] = []
  const keepings: Keeping[] = []
  const logQuestions: LogQuestion[] = []
  const logFollowings: LogFollowing[] = []

  const readLog = (runId: string, question: LogQuestion) => {
    logQuestions.push(question)
    const wanted = (logs.get(runId) ?? []).filter(line => isWanted(line, question))
    const from = question.after == null ? 0 : wanted.findIndex(line => line.seq === question.after) + 1
    const page = wanted.slice(from, from + question.first)
    return { lines: page, endCursor: page.at(-1)?.seq ?? null, hasMore: from + page.length < wanted.length }
  }
  const readRun = (id: string) => {
    const detail = runs.get(id)
    if (detail === undefined) return null
    return {
      ...detail,
      history: ({ maxPoints }: { readonly maxPoints: number }) => detail.history.slice(0, maxPoints),
      logs: (question: LogQuestion) => readLog(id, question),
    }
  }
  const root = {
    viewer: { name: 'local', role: 'ADMIN', method: 'NONE', signInRequired: false },
    run: ({ id }: { id: string }) => readRun(id),
    setWorkerTarget: (order: TargetOrder) => {
      targets.push({ ...order })
      return readRun(order.runId)
    },
    ...Object.fromEntries(
      ['annotateRun', 'deleteRun', 'restoreRun', 'rerun', 'enrichRun', 'loadExecutions'].map(name => [
        name,
        (args: { readonly id: string }) => {
          keepings.push({ name, args: { ...args } })
          return readRun(args.id)
        },
      ]),
    ),
    exportRun: (args: Readonly<Record<string, unknown>>) => {
      keepings.push({ name: 'exportRun', args: { ...args } })
      return { name: 'run.csv', url: '/exports/1/run.csv', bytes: 3 }
    },
    runUpdated: ({ runId }: { runId: string }) => updates.follow(update => (update.run.id === runId ? { runUpdated: update } : null)),
    runLogs: ({ runId, afterSeq, ...filter }: LogFollowing) => {
      logFollowings.push({ runId, afterSeq: afterSeq ?? null, ...filter })
      const portion = (told: readonly LogLine[]) => {
        const wanted = told.filter(line => isWanted(line, filter))
        return wanted.length === 0 ? null : { runLogs: wanted }
      }
      const there = portion((logs.get(runId) ?? []).filter(line => line.seq > (afterSeq ?? '')))
      return lines.follow(told => (told.runId === runId ? portion(told.lines) : null), there === null ? [] : [there])
    },
    runsChanged: () => changes.follow(() => null),
    ...answers,
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (path === '/graphql') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { query, variables } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string; variables: Record<string, unknown> }
      const result = await graphql({ schema, source: query, rootValue: root, variableValues: variables })
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(result))
      return
    }
    const file = join(PAGES, path)
    const served = extname(path) !== '' && existsSync(file) ? file : join(PAGES, 'index.html')
    response.setHeader('content-type', TYPES[extname(served)] ?? 'application/octet-stream')
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value)
    response.end(readFileSync(served))
  }
  const http = createServer((request, response) => void answer(request, response))
  const sockets = new WebSocketServer({ server: http, path: '/graphql' })
  const serving = useServer({ schema, execute, subscribe, validate, roots: { query: root, mutation: root, subscription: root } }, sockets)
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    keep: (detail, parts) => {
      runs.set(detail.id, { ...detail, ...noParts(), ...parts })
    },
    tell: updates.tell,
    log: (runId, told) => {
      logs.set(runId, [...(logs.get(runId) ?? []), ...told])
      lines.tell({ runId, lines: told })
    },
    targets,
    keepings,
    logQuestions,
    logFollowings,
    cut: () => {
      for (const socket of sockets.clients) socket.terminate()
    },
    close: async () => {
      for (const feed of [updates, lines, changes]) feed.end()
      await serving.dispose()
      http.closeAllConnections()
      await new Promise<void>(resolve => http.close(() => resolve()))
    },
  }
}
