import { ask } from '../kit/graphql.ts'
import { fillControlDatabase } from './apiData.ts'
import { type ApiQuestion, apiQuestions } from './apiQuestions.ts'
import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { percentile, printTable, tell } from './report.ts'

const DEMO_ROWS = 1_000
const CALLS = 50
const WARM_UP_CALLS = 3

interface Answer {
  readonly ms: number
  readonly bytes: number
  readonly trouble: string | null
}

/** How fast the server answers what the console asks for, over HTTP, one call after the other. */
export const benchApi = ({ rows }: BenchOptions): Promise<void> =>
  withBenchServer(DEMO_ROWS, async bench => {
    const { runIds } = await fillControlDatabase(bench, rows)
    for (const id of runIds) {
      const { ms } = await call(bench.server.url, {
        query: 'query ($id: ID!) { run(id: $id) { figures { areErrorsWhole } } }',
        variables: { id },
      })
      tell(`the figures of an hour, made on demand: ${ms.toFixed(0)} ms`)
    }
    const lines: string[][] = []
    for (const question of apiQuestions(runIds)) lines.push(await measure(bench.server.url, question))
    printTable(['ms', 'median', 'p95', 'longest', 'goal', 'KB', ''], lines)
  })

const measure = async (url: string, question: ApiQuestion): Promise<string[]> => {
  const answers: Answer[] = []
  for (let i = 0; i < WARM_UP_CALLS + CALLS; i++) {
    const answer = await call(url, question)
    if (answer.trouble !== null) return [question.name, '', '', '', '', '', answer.trouble.slice(0, 300)]
    if (i >= WARM_UP_CALLS) answers.push(answer)
  }
  const times = answers.map(({ ms }) => ms)
  const { goalMs } = question
  const p95 = percentile(times, 95)
  return [
    question.name,
    percentile(times, 50).toFixed(1),
    p95.toFixed(1),
    Math.max(...times).toFixed(1),
    goalMs === null ? '' : String(goalMs),
    ((answers[0]?.bytes ?? 0) / 1_024).toFixed(0),
    goalMs !== null && p95 > goalMs ? 'missed' : '',
  ]
}

const call = async (url: string, { query, variables }: Pick<ApiQuestion, 'query' | 'variables'>): Promise<Answer> => {
  const startedAtMs = performance.now()
  const answer = await ask(url, query, variables)
  const ms = performance.now() - startedAtMs
  return { ms, bytes: JSON.stringify(answer).length, trouble: answer.errors === undefined ? null : JSON.stringify(answer.errors) }
}
