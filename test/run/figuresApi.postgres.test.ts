import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { LIGHT } from '../kit/lightLoad.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import type { WholeRun } from '../kit/wholeRun.ts'

let kit: RunKit
let run: WholeRun
beforeAll(async () => {
  kit = await openRunKit({ keepExecutions: true })
  run = await kit.run({ workers: 2, targetConnections: 4 }, LIGHT)
})
afterAll(() => kit.close())

interface Slice {
  readonly slice: string
  readonly name: string
  readonly operations: number
  readonly errors: number
  readonly p95Ms: number | null
}

interface Found {
  readonly run: {
    readonly executionsKept: { readonly state: string; readonly loaded: number; readonly differences: readonly object[] }
    readonly statements: readonly { readonly label: string; readonly sql: string }[]
    readonly figures: { readonly slices: readonly Slice[]; readonly errorGroups: readonly object[]; readonly areErrorsWhole: boolean }
    readonly heatMap: {
      readonly columnEdgesSeconds: readonly number[]
      readonly bandEdgesMs: readonly number[]
      readonly columns: readonly { readonly counts: readonly number[] }[]
    }
    readonly percentileCurve: readonly { readonly percent: number; readonly valueMs: number; readonly count: number }[]
    readonly ofLabel: readonly object[]
    readonly ofNothing: readonly object[]
    readonly fewer: readonly { readonly operations: number }[]
    readonly kept: readonly { readonly operations: number }[]
  }
}

const FIGURES = `query ($id: ID!) { run(id: $id) {
  executionsKept { state loaded differences { why } }
  statements { label sql }
  figures { slices { slice name operations errors p95Ms } errorGroups { id } areErrorsWhole }
  heatMap { columnEdgesSeconds bandEdgesMs columns { counts } }
  percentileCurve { percent valueMs count }
  ofLabel: percentileCurve(label: "POINT_LOOKUP") { percent valueMs count }
  ofNothing: percentileCurve(label: "nothing") { percent }
  fewer: history(maxPoints: 2) { operations }
  kept: history(maxPoints: 300) { operations } } }`

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

interface Page {
  readonly run: {
    readonly executions: {
      readonly edges: readonly {
        readonly node: { readonly id: string; readonly label: string; readonly endSeconds: number; readonly responseMs: number }
      }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  }
}

const PAGE = `query ($id: ID!, $first: Int!, $after: String, $filter: ExecutionFilter, $sort: ExecutionSort) { run(id: $id) {
  executions(first: $first, after: $after, filter: $filter, sort: $sort) {
    edges { node { id label endSeconds responseMs serviceMs success counted phase server { totalMs } } } pageInfo { hasNextPage endCursor } } } }`

const walk = async (variables: Readonly<Record<string, unknown>>) => {
  const found: Page['run']['executions']['edges'][number]['node'][] = []
  for (let after: string | null = null, isMore = true; isMore; ) {
    const { run: page }: Page = await kit.graphql<Page>(PAGE, { id: run.id, first: 200, after, ...variables })
    found.push(...page.executions.edges.map(({ node }) => node))
    after = page.executions.pageInfo.endCursor
    isMore = page.executions.pageInfo.hasNextPage
  }
  return found
}

const SERIES = `query ($runIds: [ID!]!, $metrics: [SeriesMetric!]!, $maxPoints: Int, $align: SeriesAlignment!) {
  series(runIds: $runIds, metrics: $metrics, maxPoints: $maxPoints, align: $align) { runId metric intervals seconds values } }`

interface SeriesFound {
  readonly series: readonly {
    readonly metric: string
    readonly intervals: number
    readonly seconds: readonly number[]
    readonly values: readonly (number | null)[]
  }[]
}

describe('what is served of a run that is over', () => {
  it('are figures, a heat map and a curve that agree with its result', async () => {
    const { run: found } = await kit.graphql<Found>(FIGURES, { id: run.id })
    const of = (slice: string) => found.figures.slices.filter(one => one.slice === slice)
    const total = run.result?.totalOperations ?? 0
    const successful = total - (run.result?.failedOperations ?? 0)
    expect(of('ALL')).toMatchObject([{ operations: total, p95Ms: run.result?.p95Ms }])
    expect(of('PHASE').map(one => one.name)).toEqual(['WARMUP', 'MEASUREMENT'])
    expect(sum(of('WORKER').map(one => one.operations))).toBe(total)
    expect(of('WORKER').map(one => one.name)).toEqual(['worker-0', 'worker-1'])
    const inPhases = sum(of('PHASE').map(one => one.operations - one.errors))
    expect(sum(found.heatMap.columns.flatMap(({ counts }) => counts))).toBe(inPhases)
    expect(found.heatMap.columnEdgesSeconds).toHaveLength(found.heatMap.columns.length + 1)
    expect(found.percentileCurve.at(-1)).toEqual({ percent: 100, valueMs: run.result?.maxMs, count: successful })
    expect(found.ofLabel).toEqual(found.percentileCurve)
    expect(found.ofNothing).toEqual([])
    expect(found.figures.areErrorsWhole).toBe(true)
    expect(found.statements.map(({ label }) => label)).toEqual(['POINT_LOOKUP'])
    expect(sum(found.fewer.map(one => one.operations))).toBe(sum(run.history.map(one => one.operations)))
    expect(found.kept.map(one => one.operations)).toEqual(run.history.map(one => one.operations))
  })

  it('are its executions, each once, and those of one second of a chart as many as the chart says', async () => {
    const { run: found } = await kit.graphql<Found>(FIGURES, { id: run.id })
    const { state, loaded, differences } = found.executionsKept
    expect([state, differences]).toEqual(['COMPLETE', []])
    const all = await walk({})
    expect(new Set(all.map(({ id }) => id)).size).toBe(loaded)
    expect(all).toHaveLength(loaded)
    const second = run.history.at(-2)
    if (second === undefined) throw new Error('the run has no intervals')
    const toSeconds = second.elapsedSeconds
    const filter = { counted: true, fromSeconds: toSeconds - second.intervalSeconds, toSeconds }
    const slowestFirst = await walk({ filter, sort: { field: 'RESPONSE', direction: 'DESC' } })
    expect(slowestFirst).toHaveLength(second.operations)
    const times = slowestFirst.map(({ responseMs }) => responseMs)
    expect(times).toEqual([...times].sort((a, b) => b - a))
    const warmup = await walk({ filter: { phase: 'WARMUP', counted: true } })
    expect(warmup).toHaveLength(found.figures.slices.find(one => one.name === 'WARMUP')?.operations ?? -1)
  })

  it('are its intervals as series, aligned as asked for', async () => {
    const ask = (align: string) =>
      kit.graphql<SeriesFound>(SERIES, { runIds: [run.id], metrics: ['QPS', 'P95', 'CLUSTERS', 'OVERHEAD'], maxPoints: null, align })
    const { series } = await ask('RUN_START')
    expect(series.map(one => [one.metric, one.intervals])).toEqual([
      ['QPS', run.history.length],
      ['P95', run.history.length],
      ['CLUSTERS', 0],
      ['OVERHEAD', 0],
    ])
    expect(series[0]?.values).toEqual(run.history.map(one => one.qps))
    expect(series[0]?.seconds).toEqual(run.history.map(one => one.elapsedSeconds))
    const aligned = (await ask('MEASUREMENT_START')).series[0]
    expect(aligned?.seconds).toEqual(run.history.map(one => one.elapsedSeconds - 1))
  })

  it.each([
    [PAGE, { first: 5, after: 'nonsense' }, /after: "nonsense" is no cursor of an execution/],
    [PAGE, { first: 0 }, /first must be from 1 to 200; it is 0/],
    [SERIES, { runIds: ['a', 'a'], metrics: ['QPS'], align: 'RUN_START' }, /Name 1 to 5 different runs; 1 were named/],
    [SERIES, { runIds: ['a'], metrics: ['QPS'], maxPoints: 3, align: 'RUN_START' }, /maxPoints must be at least 10; it is 3/],
  ])('is refused where the question makes no sense: %#', async (query, variables, message) => {
    const refusal = await refusalOf(kit.server.url, query, { id: run.id, ...variables })
    expect(refusal.extensions.code).toBe('VALIDATION_FAILED')
    expect(refusal.message).toMatch(message)
  })
})
