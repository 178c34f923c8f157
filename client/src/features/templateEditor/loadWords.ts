import type { TemplateDraft } from '../../stores/newDraft.ts'
import { isOnSnowflake, type TableType } from '../../ui/words/kinds.ts'
import { countText, qpsText } from '../../ui/words/numbers.ts'
import { connectionsText, workersText } from '../../ui/words/plans.ts'

/** One of a few ways, with what it does in a sentence. */
export interface DescribedChoice<Key extends string> {
  readonly key: Key
  readonly word: string
  readonly text: string
  readonly note?: string
}

type LoadDraft = TemplateDraft['load']
type ScalingDraft = TemplateDraft['scaling']

export const LOAD_CHOICES: readonly DescribedChoice<LoadDraft['mode']>[] = [
  {
    key: 'CONCURRENCY',
    word: 'Keep connections busy',
    text: 'Each connection sends its next statement as soon as the last one has ended.',
    note: 'Closed loop',
  },
  {
    key: 'QPS',
    word: 'Send at a rate',
    text: 'Statements start on a schedule, also while earlier ones are still slow.',
    note: 'Open loop',
  },
  {
    key: 'FIND_MAX_CONCURRENCY',
    word: 'Find the most',
    text: 'Adds connections step by step until the database no longer keeps up.',
    note: 'Search',
  },
]

export const ARRIVAL_CHOICES = [
  { key: 'CONSTANT', word: 'Evenly spaced' },
  { key: 'POISSON', word: 'At random, as people do (Poisson)' },
] as const

const isWhole = (value: number | null, least = 1): value is number => value !== null && Number.isFinite(value) && value >= least

/** Little's law, at a response time that is usual for the engine; null: the rate is not known. */
export const rateHint = (targetQps: number | null, tableType: TableType): string | null => {
  if (targetQps === null || !(targetQps > 0)) return null
  const [fastMs, slowMs] = isOnSnowflake(tableType) ? [50, 200] : [2, 20]
  const busyAt = (ms: number): number => Math.max(1, Math.ceil((targetQps * ms) / 1_000))
  const fast = `${connectionsText(busyAt(fastMs))} when a statement takes ${fastMs} ms`
  return `${qpsText(targetQps)} need about ${fast}, and ${countText(busyAt(slowMs))} when it takes ${slowMs} ms.`
}

/** What the workers and connections come to, in a sentence; null: not enough is filled in. */
export const scalingSum = (scaling: ScalingDraft, load: LoadDraft): string | null => {
  const { mode, minWorkers, maxWorkers, minConnections, maxConnections } = scaling
  if (mode === 'AUTO')
    return load.mode === 'CONCURRENCY' ? 'As many workers as the connections need.' : 'Grows while the run asks for more.'
  const least = isWhole(minWorkers) && isWhole(minConnections) ? minWorkers * minConnections : null
  if (mode === 'FIXED') {
    if (least === null) return null
    return `${workersText(minWorkers ?? 0)} × ${connectionsText(minConnections ?? 0)} = ${countText(least)}`
  }
  const most = isWhole(maxWorkers) && isWhole(maxConnections) ? maxWorkers * maxConnections : null
  if (least === null) return null
  if (most === null) return `At least ${workersText(minWorkers ?? 0)} × ${connectionsText(minConnections ?? 0)} = ${countText(least)}`
  return `From ${countText(least)} to ${connectionsText(most)}: at most ${workersText(maxWorkers ?? 0)} × ${connectionsText(maxConnections ?? 0)}`
}

export const SCALING_CHOICES: readonly DescribedChoice<ScalingDraft['mode']>[] = [
  { key: 'AUTO', word: 'Automatic', text: 'FlakeBench starts as many workers as the load needs and this machine can drive.' },
  { key: 'BOUNDED', word: 'Within bounds', text: 'The same, between the fewest and the most that you set.' },
  { key: 'FIXED', word: 'Fixed', text: 'Exactly so many workers, each with exactly so many connections.' },
]

export const GUARDRAIL_CHOICES: readonly DescribedChoice<TemplateDraft['guardrails']['mode']>[] = [
  { key: 'SOFT', word: 'Back off first', text: 'A worker over a bound gives up connections; the run ends only if that does not help.' },
  { key: 'HARD', word: 'End the run', text: 'The first worker over a bound ends the run at once.' },
]

export const FAIL_CHOICES = [
  { key: 'ALL', word: 'all workers are' },
  { key: 'MAJORITY', word: 'most workers are' },
  { key: 'ANY', word: 'any worker is' },
] as const

/** How many workers there are, in a few words; null: no number of them is. */
export const workersSummary = ({ mode, minWorkers, maxWorkers, minConnections }: ScalingDraft): string | null => {
  const least = minWorkers ?? 1
  if (mode === 'AUTO') return 'as many workers as it takes'
  if (least < 1) return null
  if (mode === 'FIXED') return isWhole(minConnections ?? 1) ? `${workersText(least)} with ${countText(minConnections ?? 1)} each` : null
  if (maxWorkers === null) return `${workersText(least)} or more`
  if (maxWorkers < least) return null
  return least === maxWorkers ? workersText(least) : `${countText(least)} to ${workersText(maxWorkers)}`
}
