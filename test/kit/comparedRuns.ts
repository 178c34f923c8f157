import type { Choice, Comparison, SeriesQuestion } from '../../client/src/api/documents/compareDocuments.ts'
import { answerSeries, type ComparedCase } from './comparedSeries.ts'

type Verdict = Comparison['verdicts'][number]

const verdictOf = (run: ComparedCase, base: ComparedCase, metric: Verdict['metric'], title: string): Verdict => {
  const isRate = metric === 'QPS'
  const [baseline, candidate] = isRate ? [base.qps, run.qps] : [base.p50Ms, run.p50Ms]
  const effect = (candidate / baseline - 1) * 100
  const isTold = Math.abs(effect) > 4 && metric !== 'ERROR_RATE'
  const isFailed = run.status === 'FAILED'
  const isBetter = isRate ? effect > 0 : effect < 0
  const outcome = isFailed ? 'NOT_COMPARABLE' : isTold ? (isBetter ? 'BETTER' : 'WORSE') : 'NO_EVIDENCE'
  return {
    groupId: run.fingerprint,
    metric,
    title,
    outcome,
    baseline: isFailed ? null : baseline,
    candidate: isFailed ? null : candidate,
    effectPercent: isFailed ? null : metric === 'ERROR_RATE' ? 0.002 : effect,
    lowPercent: isFailed ? null : metric === 'ERROR_RATE' ? -0.004 : effect - 3.1,
    highPercent: isFailed ? null : metric === 'ERROR_RATE' ? 0.008 : effect + 3.4,
    confidencePercent: 95,
    isOfTheseRunsOnly: false,
    sentence: isFailed
      ? 'It cannot be told: the runs differ in more than what is compared.'
      : isTold
        ? `${title} ${effect > 0 ? 'rose' : 'fell'} by ${Math.abs(effect).toFixed(1)} %, which is more than chance explains.`
        : 'The intervals overlap nothing: what is seen may be chance.',
    reasons: isFailed ? ['The run failed after 120 s.', 'It has too few samples: 12 blocks where 30 are needed.'] : [],
    cautions: isFailed ? [] : ['Each side is a single run: the spread between runs is not known.'],
  }
}

const VERDICT_METRICS = [
  ['QPS', 'QPS'],
  ['P50', 'p50'],
  ['P95', 'p95'],
  ['P99', 'p99'],
  ['ERROR_RATE', 'Error rate'],
  ['MEAN', 'Mean'],
] as const

const percent = (value: number, base: number): number => (value / base - 1) * 100

/** What `compareRuns` answers for made-up runs. */
export const comparisonOf = (runs: readonly ComparedCase[], baselineId?: string | null): Comparison => {
  const base = runs.find(run => run.id === baselineId) ?? runs[0]
  if (base === undefined) throw new Error('Nothing to compare.')
  const prints = [...new Set(runs.map(run => run.fingerprint))]
  const figures: readonly (readonly [
    Comparison['metrics'][number]['metric'],
    string,
    string,
    'HIGHER' | 'LOWER',
    (run: ComparedCase) => number,
  ])[] = [
    ['QPS', 'QPS', '/s', 'HIGHER', run => run.qps],
    ['P50', 'p50', 'ms', 'LOWER', run => run.p50Ms],
    ['P95', 'p95', 'ms', 'LOWER', run => run.p50Ms * 2.4],
    ['P99', 'p99', 'ms', 'LOWER', run => run.p50Ms * 5.2],
    ['MAX', 'Max', 'ms', 'LOWER', run => run.p50Ms * 33],
    ['ERROR_RATE', 'Error rate', '%', 'LOWER', run => (run.errorsPerSecond / run.qps) * 100],
    ['OPERATIONS', 'Operations', '', 'HIGHER', run => Math.round(run.qps * run.measuredSeconds)],
  ]
  const labels = [
    { label: 'POINT_LOOKUP', kind: 'POINT_LOOKUP' as const, part: 0.8 },
    { label: 'UPDATE', kind: 'UPDATE' as const, part: 0.2 },
  ]
  const setting = (path: string, title: string, value: (run: ComparedCase) => string) => {
    const values = runs.map(value)
    return { path, title, values, differs: new Set(values).size > 1 }
  }
  return {
    baselineId: base.id,
    method:
      'Each run is cut into blocks of whole seconds.\nBlocks are drawn again ten thousand times, so that seconds that depend on each other stay together; the interval holds 95 % of what comes out.',
    runs: runs.map(run => ({
      id: run.id,
      name: run.name,
      number: run.number,
      status: run.status,
      cancellationReason: run.reason,
      createdAt: '2026-01-01T12:00:00Z',
      deletedAt: run.deletedAt,
      isBaseline: run.isPinned,
      timing: { startedAt: '2026-01-01T12:00:02Z' },
      plan: { summary: `${run.connections} connections on ${run.workers} workers, 80 % point lookups, 20 % updates on public.orders` },
      result: { lostWorkers: [], findMax: foundBy(run) },
    })),
    groups: prints.map(id => ({
      id,
      runIds: runs.filter(run => run.fingerprint === id).map(run => run.id),
      isBaseline: id === base.fingerprint,
    })),
    spans: runs.map(run => ({ runId: run.id, warmupSeconds: run.warmupSeconds, measuredSeconds: run.measuredSeconds })),
    verdicts: prints
      .filter(id => id !== base.fingerprint)
      .flatMap(id => runs.filter(run => run.fingerprint === id).slice(0, 1))
      .flatMap(run => VERDICT_METRICS.map(([metric, title]) => verdictOf(run, base, metric, title))),
    metrics: figures.map(([metric, title, unit, better, value]) => {
      const values = runs.map(value)
      const best = better === 'HIGHER' ? Math.max(...values) : Math.min(...values)
      return {
        metric,
        title,
        unit,
        better,
        values,
        deltasPercent: values.map(each => (value(base) === 0 ? null : percent(each, value(base)))),
        best: values.map(each => each === best),
      }
    }),
    labels: labels.map(({ label, kind, part }) => ({
      label,
      kind,
      cells: runs.map(run => ({
        operations: Math.round(run.qps * run.measuredSeconds * part),
        qps: run.qps * part,
        p50Ms: run.p50Ms,
        p95Ms: run.p50Ms * 2.4,
        p99Ms: run.p50Ms * 5.2,
        errorRate: run.errorsPerSecond / run.qps,
        qpsDeltaPercent: percent(run.qps, base.qps),
        p50DeltaPercent: percent(run.p50Ms, base.p50Ms),
        p95DeltaPercent: percent(run.p50Ms, base.p50Ms),
        p99DeltaPercent: percent(run.p50Ms, base.p50Ms),
      })),
    })),
    errors: [
      {
        category: 'LOCK',
        counts: runs.map(run => Math.round(run.errorsPerSecond * run.measuredSeconds)),
        sample: 'canceling statement due to lock timeout',
      },
      { category: 'TIMEOUT', counts: runs.map((_, at) => at), sample: 'canceling statement due to statement timeout' },
    ],
    settings: [
      setting('load.targetConnections', 'Connections', run => String(run.connections)),
      setting('workerCount', 'Workers', run => String(run.workers)),
      setting('load.durationSeconds', 'Duration', run => `${run.measuredSeconds} s`),
      setting('target.table', 'Table', () => 'public.orders'),
      setting('target.tableType', 'Table type', () => 'POSTGRES'),
    ],
    workers: [
      ...[0, 1].map(worker => ({ workerId: `worker-${worker}`, cells: runs.map(run => workerCell(run, 1 / 2)) })),
      { workerId: null, cells: runs.map(run => workerCell(run, 1)) },
    ],
    resources: [
      { kind: 'CLIENT', title: 'CPU of the host', unit: '%', values: runs.map((_, at) => 48 + at * 5) },
      { kind: 'CLIENT', title: 'Memory of the process', unit: 'MB', values: runs.map((_, at) => 112 + at * 5) },
    ],
    clusters: [],
    findMax: stepsOf(runs),
  }
}

const foundBy = ({ found, qps, p50Ms }: ComparedCase) =>
  found === null ? null : { connections: found, qps, p95Ms: p50Ms * 2.4, maxType: 'TRUE_MAX' as const, isConfirmed: true }

/** Each search held one step with the connections that it found, and none with twice as many. */
const stepsOf = (runs: readonly ComparedCase[]): Comparison['findMax'] =>
  [...new Set(runs.flatMap(({ found }) => (found === null ? [] : [found, 2 * found])))]
    .sort((a, b) => a - b)
    .map(connections => ({
      connections,
      cells: runs.map(run => {
        const holds = connections === run.found
        if (run.found === null || (!holds && connections !== 2 * run.found)) return null
        return { qps: run.qps, p95Ms: run.p50Ms, errorRate: 0, outcome: holds ? ('STABLE' as const) : ('LATENCY_RISE' as const) }
      }),
    }))

const workerCell = (run: ComparedCase, part: number) => ({
  operations: Math.round(run.qps * run.measuredSeconds * part),
  qps: run.qps * part,
  p50Ms: run.p50Ms,
  p95Ms: run.p50Ms * 2.4,
  p99Ms: run.p50Ms * 5.2,
  errorRate: run.errorsPerSecond / run.qps,
})

const choiceOf = (run: ComparedCase): Choice => ({
  id: run.id,
  name: run.name,
  number: run.number,
  status: run.status,
  createdAt: '2026-01-01T12:00:00Z',
  tags: [],
  isBaseline: run.isPinned,
  fingerprint: run.fingerprint,
  plan: {
    summary: `${run.connections} connections`,
    target: { tableType: 'POSTGRES', database: null, schema: 'public', table: 'orders' },
  },
  aggregateMetrics: { qps: run.qps, p95Ms: run.p50Ms * 2.4 },
})

/** What the page of a comparison asks for, answered for these runs; `asked` keeps the questions for series. */
export const comparedAnswers = (runs: readonly ComparedCase[], asked: SeriesQuestion[] = []) => {
  const series = answerSeries(runs)
  const byIds = (ids: readonly string[]): readonly ComparedCase[] =>
    ids.map(id => {
      const known = runs.find(run => run.id === id)
      if (known === undefined) throw new Error(`There is no run with id ${id}`)
      return known
    })
  return {
    compareRuns: ({ ids, baselineId }: { ids: readonly string[]; baselineId?: string | null }) => comparisonOf(byIds(ids), baselineId),
    series: (question: SeriesQuestion) => {
      asked.push(question)
      return series(question)
    },
    runs: ({ filter }: { filter?: { search?: string; isBaseline?: boolean } }) => {
      const found = runs.filter(run => run.name.includes(filter?.search ?? '') && (filter?.isBaseline !== true || run.isPinned))
      return {
        totalCount: found.length,
        edges: found.map(run => ({ cursor: run.id, node: choiceOf(run) })),
        pageInfo: { hasNextPage: false, endCursor: null },
      }
    },
    run: () => null,
  }
}
