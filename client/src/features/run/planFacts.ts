import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { spanText } from '../../ui/words/durations.ts'
import { KIND_WORDS, plainWord, TABLE_WORDS } from '../../ui/words/kinds.ts'
import { countText, exactText, NOT_MEASURED, qpsText } from '../../ui/words/numbers.ts'
import { connectionsText } from '../../ui/words/plans.ts'
import { guardrailRule } from './guardrailWords.ts'

const SCALING_WORDS = { FIXED: 'fixed', BOUNDED: 'within bounds', AUTO: 'automatic' } as const
const MODE_WORDS = { CONCURRENCY: 'closed loop', QPS: 'open loop', FIND_MAX_CONCURRENCY: 'find max connections' } as const
const LOSS_WORDS = { FAIL: 'the run fails', CONTINUE: 'goes on without it', REPLACE: 'it is replaced' } as const

/** What somebody has set is shown as it was set. */
const share = (percent: number): string => exactText(percent, '%')
const milliseconds = (ms: number): string => exactText(ms, 'ms')

const range = (from: number, to: number): string => (from === to ? countText(to) : `${countText(from)}–${countText(to)}`)

/** How far the run's controller may go; nothing for a run whose connections are given. */
const boundFacts = ({ load, limits }: RunPlan): readonly Fact[] => {
  if (load.mode === 'CONCURRENCY') return []
  const origin = limits.areSet ? 'as the template says' : 'what this machine can drive'
  return [
    { word: 'Workers allowed', text: range(limits.minWorkers, limits.maxWorkers), title: `Fewest and most that serve: ${origin}` },
    {
      word: 'Each may hold',
      text: `${range(limits.minConnections, limits.maxConnections)} connections`,
      title: `Of one worker: ${origin}`,
    },
    {
      word: 'Ceiling',
      text: `${countText(limits.maxWorkers * limits.maxConnections)} connections`,
      title: `All workers together: ${origin}`,
    },
  ]
}

const searchFacts = ({ load }: RunPlan): readonly Fact[] => {
  if (load.mode !== 'FIND_MAX_CONCURRENCY') return []
  const { startConnections, connectionsIncrement, stepDurationSeconds, qpsStabilityPercent, latencyStabilityPercent, maxErrorRatePercent } =
    load.findMax
  const resolution = load.findMax.resolution ?? Math.max(1, Math.floor(connectionsIncrement / 5))
  return [
    {
      word: 'Steps',
      text: `from ${countText(startConnections)}, +${countText(connectionsIncrement)} every ${spanText(stepDurationSeconds)}`,
    },
    {
      word: 'A step holds',
      text: `QPS −${share(qpsStabilityPercent)}, p95 +${share(latencyStabilityPercent)}`,
      title: `QPS falls by at most ${share(qpsStabilityPercent)} against the best step before it, p95 rises by at most ${share(latencyStabilityPercent)} against the first, and at most ${share(maxErrorRatePercent)} of its operations fail`,
    },
    { word: 'Right to within', text: connectionsText(resolution), title: 'The search narrows down to so many' },
  ]
}

const sloText = ({ p95Ms, p99Ms, errorRatePercent }: RunPlan['slos'][number]): string =>
  [
    p95Ms === null ? '' : `p95 ${milliseconds(p95Ms)}`,
    p99Ms === null ? '' : `p99 ${milliseconds(p99Ms)}`,
    errorRatePercent === null ? '' : `errors ${share(errorRatePercent)}`,
  ]
    .filter(part => part !== '')
    .join(', ')

const place = ({ target }: RunPlan): string => [target.database, target.schema, target.table].filter(Boolean).join('.')

const timeFacts = ({ load }: RunPlan): readonly Fact[] => [
  { word: 'Warmup', text: load.warmupSeconds > 0 ? spanText(load.warmupSeconds) : 'none' },
  load.mode === 'FIND_MAX_CONCURRENCY'
    ? { word: 'Measurement', text: 'until it is found', title: 'A search ends by itself' }
    : { word: 'Measurement', text: spanText(load.durationSeconds) },
]

/** All that is settled about a run before it starts, a word and a text each. */
export const planFacts = (plan: RunPlan): readonly Fact[] => {
  const { target, load, scaling, advanced, guardrails } = plan
  const guards = guardrailRule(guardrails)
  return [
    { word: 'Table', text: place(plan) },
    { word: 'Table type', text: TABLE_WORDS[target.tableType] },
    { word: 'Connection', text: target.connectionName ?? NOT_MEASURED },
    ...(target.warehouse ? [{ word: 'Warehouse', text: [target.warehouse, target.warehouseSize].filter(Boolean).join(' · ') }] : []),
    { word: 'Load', text: MODE_WORDS[load.mode] },
    ...(load.mode === 'QPS'
      ? [{ word: 'Arrival rate', text: `${qpsText(load.targetQps)}, ${plainWord(load.arrival).toLowerCase()}` }]
      : []),
    ...searchFacts(plan),
    { word: load.mode === 'CONCURRENCY' ? 'Connections' : 'Connections at first', text: countText(plan.targetConnections) },
    {
      word: load.mode === 'CONCURRENCY' ? 'Workers' : 'Workers at first',
      text: `${countText(plan.workerCount)}, ${SCALING_WORDS[scaling.mode]}`,
    },
    ...boundFacts(plan),
    ...timeFacts(plan),
    { word: 'Think time', text: load.thinkTimeMs > 0 ? `${countText(load.thinkTimeMs)} ms` : 'none' },
    {
      word: 'Guardrails',
      text: guardrails.enabled ? plainWord(guardrails.mode).toLowerCase() : 'off',
      title: guardrails.enabled ? guards : undefined,
    },
    ...plan.slos.map(slo => ({
      word: `SLO, ${KIND_WORDS[slo.kind].toLowerCase()}`,
      text: sloText(slo),
      title: `At most: ${sloText(slo)}`,
    })),
    { word: 'A lost worker', text: LOSS_WORDS[advanced.deadWorkerPolicy] },
    ...(advanced.shareSut ? [{ word: 'Others on the system', text: 'waits for nobody' }] : []),
    { word: 'Statement timeout', text: spanText(advanced.statementTimeoutSeconds) },
    { word: 'Drain at most', text: spanText(advanced.drainTimeoutSeconds) },
    { word: 'Seed', text: String(plan.seed) },
  ]
}
