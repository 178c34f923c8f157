import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Evidence, startHistograms, type VerdictOutcome } from '@flakebench/contract'
import { listHistoryAfter, listPhaseSpans, readFigures, readResults } from '@flakebench/store'
import { effectOf, type GroupFigures } from '../../server/src/decide/compare/effect.ts'
import { JUDGED_METRICS, type JudgedMetric } from '../../server/src/decide/compare/judgedMetrics.ts'
import { EMPTY_SPREAD } from '../../server/src/decide/compare/runSpread.ts'
import { exactFigure, type Trial } from '../../server/src/decide/compare/trial.ts'
import { decideVerdicts } from '../../server/src/decide/compare/verdict.ts'
import { evidenceMaker } from '../../server/src/decide/figures/evidence.ts'
import { spanOf } from '../../server/src/decide/figures/phaseSpan.ts'
import { bandCountsOf } from '../../server/src/decide/figures/responseBands.ts'
import { graphql } from '../kit/graphql.ts'
import { type Seeded, seeded } from '../kit/seeded.ts'
import { type BenchServer, withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, printTable, tell } from './report.ts'

const DEFAULT_SECONDS = 30
const CONNECTIONS = 8
/** After each operation: without it, worker and server fight for the cores of one machine, and no verdict is given. */
const THINK_MS = 4
const TEMPLATE = 'The same again'
const INTERVAL_MS = 1_000
const MOST_INTERVALS = 100_000
/** Sizes of the two groups. */
const GROUP_SIZES = [
  [1, 2],
  [1, 4],
  [2, 2],
  [3, 2],
] as const
const SPLITS = 200
const SEED = 1
const SMALLEST_CALLED_PERCENT = 1
const EVIDENCE = join(tmpdir(), 'flakebench-sameness.json')

/** What was said of a metric of two groups. */
interface Said {
  readonly metric: JudgedMetric
  readonly outcome: VerdictOutcome
  readonly lowPercent: number | null
  readonly highPercent: number | null
  readonly reasons: readonly string[]
}

interface Judged {
  readonly baseline: readonly Trial[]
  readonly candidate: readonly Trial[]
  readonly said: readonly Said[]
}

/**
 * One template again and again on one server, and what is said of its runs against each other: no verdict should call a difference more often than in 5 of
 * 100 pairs, whatever the machine does from run to run. Pairs are compared by the API; groups, which it does not make of runs of one configuration, are put
 * to the same decision.
 */
export const benchSameness = async ({ runs, seconds, warmup, rows }: BenchOptions): Promise<void> => {
  const span = seconds ?? DEFAULT_SECONDS
  tell(
    `${runs} runs of ${span} s after a warmup of ${warmup} s, ${CONNECTIONS} connections, ${THINK_MS} ms after each operation, point lookups 80 %, updates 20 %`,
  )
  await startHistograms()
  await withBenchServer(rows, async bench => {
    await createTemplate(bench)
    const trials: Trial[] = []
    const evidences: Evidence[] = []
    for (let i = 0; i < runs; i++) {
      const trial = await runOnce(bench, i + 1, span, warmup)
      trials.push(trial)
      evidences.push(await readEvidence(bench, trial.run.id))
      tell(`${trial.name} of ${runs}: ${figuresOf(trial)}`)
      keepEvidence(trials, evidences)
    }
    tell(`the evidence of the runs is in ${EVIDENCE}`)
    printSpread(trials)
    const pairs: Judged[] = []
    for (const [i, one] of trials.entries()) for (const other of trials.slice(i + 1)) pairs.push(await compareByApi(bench, one, other))
    printJudged('1 run against 1, by the API', pairs)
    const neighbours = pairs.filter(({ baseline, candidate }) => placeOf(trials, candidate) - placeOf(trials, baseline) === 1)
    printJudged('1 run against the next', neighbours)
    const random = seeded(SEED)
    for (const [from, to] of GROUP_SIZES) {
      if (from + to > trials.length) continue
      printJudged(
        `${from} of the runs against ${to}`,
        Array.from({ length: SPLITS }, () => compareSplit(trials, from, to, random)),
      )
    }
  })
}

const placeOf = (trials: readonly Trial[], group: readonly Trial[]): number => trials.indexOf(group[0] as Trial)

const createTemplate = async ({ server }: BenchServer): Promise<void> => {
  const { templates } = await graphql<{ templates: { edges: { node: { target: { connectionId: string } } }[] } }>(
    server.url,
    'query { templates(search: "Point lookups") { edges { node { target { connectionId } } } } }',
  )
  const input = {
    name: TEMPLATE,
    target: {
      connectionId: templates.edges[0]?.node.target.connectionId,
      tableType: 'POSTGRES',
      database: 'demo',
      schema: 'public',
      table: 'orders',
    },
    operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
    load: {
      mode: 'CONCURRENCY',
      targetConnections: CONNECTIONS,
      thinkTimeMs: THINK_MS,
      durationSeconds: DEFAULT_SECONDS,
      warmupSeconds: 3,
    },
  }
  await graphql(server.url, 'mutation ($input: TemplateInput!) { createTemplate(input: $input) { id } }', { input })
}

/** Executions are not kept: that they are loaded after a run would be in the next one. */
const runOnce = async (bench: BenchServer, number: number, durationSeconds: number, warmupSeconds: number): Promise<Trial> => {
  const id = await bench.prepare({ workers: 1, durationSeconds, warmupSeconds, keepExecutions: false }, TEMPLATE)
  await bench.start(id)
  await bench.end(id)
  const [run, results, figures] = await Promise.all([
    bench.record(id),
    readResults(bench.db, [id]),
    readFigures(bench.db, [id], ['DIGEST']),
  ])
  const digest = figures.get(id)?.DIGEST
  return {
    run,
    name: `run ${number}`,
    result: results.get(id) ?? null,
    spread: digest?.spread ?? EMPTY_SPREAD,
    fingerprint: null,
    held: digest?.held ?? null,
  }
}

const readEvidence = async ({ db }: BenchServer, runId: string): Promise<Evidence> => {
  const evidence = evidenceMaker(spanOf(await listPhaseSpans(db, runId), 'MEASUREMENT'), INTERVAL_MS)
  for (const interval of await listHistoryAfter(db, runId, -1, MOST_INTERVALS))
    if (interval.phase === 'MEASUREMENT') evidence.add(interval, bandCountsOf(interval.latency))
  return evidence.done()
}

/** After each run, for whoever wants to judge the same runs by another method. */
const keepEvidence = (trials: readonly Trial[], evidences: readonly Evidence[]): void => {
  const kept = trials.map((trial, i) => ({
    startAtMs: trial.run.startAtMs,
    result: trial.result,
    spread: trial.spread,
    evidence: evidences[i],
  }))
  writeFileSync(EVIDENCE, JSON.stringify(kept))
}

const figuresOf = ({ result, spread }: Trial): string => {
  if (result === null) return 'no result'
  const { qps, p50Ms, p95Ms, p99Ms, clientLimitedSeconds } = result
  const ms = (value: number | null): string => (value === null ? '–' : value.toFixed(2))
  return `${qps.toFixed(0)}/s, p50 ${ms(p50Ms)} ms, p95 ${ms(p95Ms)} ms, p99 ${ms(p99Ms)} ms; client-limited for ${clientLimitedSeconds.toFixed(0)} s, ${spread.blocks} blocks`
}

const compareByApi = async ({ server }: BenchServer, one: Trial, other: Trial): Promise<Judged> => {
  const { compareRuns } = await graphql<{ compareRuns: { verdicts: readonly Said[] } }>(
    server.url,
    'query ($ids: [ID!]!) { compareRuns(ids: $ids) { verdicts { metric outcome lowPercent highPercent reasons } } }',
    { ids: [one.run.id, other.run.id] },
  )
  return { baseline: [one], candidate: [other], said: compareRuns.verdicts }
}

const compareSplit = (trials: readonly Trial[], from: number, to: number, random: Seeded): Judged => {
  const left = [...trials]
  const take = (count: number): Trial[] => Array.from({ length: count }, () => left.splice(random.whole(0, left.length - 1), 1)[0] as Trial)
  const [baseline, candidate] = [take(from), take(to)]
  const said = decideVerdicts([
    { id: 'baseline', trials: baseline, isBaseline: true, others: [] },
    { id: 'candidate', trials: candidate, isBaseline: false, others: [] },
  ])
  return { baseline, candidate, said }
}

const PER_CENT = 100
const percent = (count: number, of: number): string => (of === 0 ? '–' : ((PER_CENT * count) / of).toFixed(1))

/** On the scale on which figures are compared. */
const scaled = (metric: JudgedMetric, figure: number): number => (metric === 'ERROR_RATE' ? figure : Math.log(figure))

const deviationOf = (values: readonly number[]): number => {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1))
}

/** How far the figures differ from run to run, and how far by what each run shows of itself. */
const printSpread = (trials: readonly Trial[]): void => {
  const lines = JUDGED_METRICS.map(metric => {
    const figures = trials.flatMap(trial => exactFigure(metric, trial) ?? [])
    const own = trials.flatMap(trial => trial.spread.figures[metric]?.variance ?? [])
    const [between, within] = [deviationOf(figures.map(figure => scaled(metric, figure))), Math.sqrt(median(own))]
    return [
      metric,
      String(figures.length),
      ...[Math.min(...figures), median(figures), Math.max(...figures)].map(figure => figure.toPrecision(4)),
    ].concat((PER_CENT * between).toFixed(2), (PER_CENT * within).toFixed(2), within === 0 ? '–' : (between / within).toFixed(2))
  })
  printTable(['from run to run', 'runs', 'least', 'median', 'most', 'deviation %', 'own standard error %', 'ratio'], lines)
}

/** Whether their interval alone tells them apart, without the history, be they comparable or not. */
const isApart = (metric: JudgedMetric, { baseline, candidate }: Judged): boolean => {
  const figures = (trials: readonly Trial[]): GroupFigures => ({
    trials: trials.flatMap(trial => {
      const [figure, spread] = [exactFigure(metric, trial), trial.spread.figures[metric]]
      return figure === null || spread === undefined ? [] : [{ figure, variance: spread.variance, degrees: spread.degrees }]
    }),
    others: [],
  })
  const effect = effectOf(metric, figures(baseline), figures(candidate))
  if (effect === null) return false
  return (effect.low > 0 || effect.high < 0) && Math.abs(effect.difference) >= SMALLEST_CALLED_PERCENT / PER_CENT
}

const printJudged = (name: string, judged: readonly Judged[]): void => {
  const lines = JUDGED_METRICS.map(metric => {
    const said = judged.flatMap(one => one.said.filter(verdict => verdict.metric === metric))
    const share = (...outcomes: readonly VerdictOutcome[]): string =>
      percent(said.filter(({ outcome }) => outcomes.includes(outcome)).length, said.length)
    const halves = said.flatMap(({ lowPercent, highPercent }) =>
      lowPercent === null || highPercent === null ? [] : [(highPercent - lowPercent) / 2],
    )
    return [
      metric,
      String(said.length),
      share('BETTER', 'WORSE'),
      share('NO_EVIDENCE'),
      share('NOT_COMPARABLE'),
      percent(judged.filter(one => isApart(metric, one)).length, judged.length),
      halves.length === 0 ? '–' : median(halves).toFixed(1),
    ]
  })
  printTable([name, 'pairs', 'called %', 'no evidence %', 'refused %', 'intervals apart %', 'half-width %'], lines)
  const refused = judged.flatMap(({ said }) => said).find(({ outcome }) => outcome === 'NOT_COMPARABLE')
  if (refused !== undefined) tell(`refused as in ${refused.metric}: ${refused.reasons[0] ?? ''}`)
}
