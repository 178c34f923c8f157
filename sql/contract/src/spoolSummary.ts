import type { ErrorCategory } from './enums.ts'
import { normaliseError } from './errorGroups.ts'
import type { ErrorGroup, Execution, SpoolCount, SpoolSummary } from './execution.ts'

/** Groups of failures that are told apart in a run. The rest is one group a category, which says so. */
export const MOST_ERROR_GROUPS = 200
/** Groups that are told apart in one file, so that those of the run can be: as many different texts as a spool keeps. */
const MOST_IN_FILE = 10_000
/** Texts whose group is remembered, so that each is normalised once. */
const MOST_REMEMBERED = 20_000

export const OTHER_ERRORS = `Other messages: more than ${MOST_ERROR_GROUPS} different ones were met, and these are the rarest`

/** Counts executions one after the other. What it keeps does not grow with their number. */
export interface SummaryInProgress {
  /** Counts these executions. @returns them, the failed ones with the id of their group */
  add(executions: readonly Execution[]): readonly Execution[]
  /** Of all that were added so far. */
  summary(): SpoolSummary
}

interface OpenGroup {
  readonly id: string
  readonly category: ErrorCategory
  readonly message: string
  readonly sample: string
  count: number
  readonly byLabel: Map<string, number>
  readonly byWorker: Map<string, number>
  firstMs: number
  lastMs: number
}

type OpenCount = { -readonly [K in keyof SpoolCount]: SpoolCount[K] }

export const startSummary = (): SummaryInProgress => {
  const counts = new Map<string, OpenCount>()
  const groups = new Map<string, OpenGroup>()
  const remembered = new Map<string, Pick<ErrorGroup, 'id' | 'message'>>()
  const normalised = (category: ErrorCategory, error: string): Pick<ErrorGroup, 'id' | 'message'> => {
    const key = `${category}\n${error}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const made = normaliseError(category, error)
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(key, made)
    return made
  }
  const countOne = ({ phase, counted, label, success }: Execution): void => {
    const key = countKey({ phase, counted, label })
    let open = counts.get(key)
    if (open === undefined) {
      open = { phase, counted, label, executions: 0, failed: 0 }
      counts.set(key, open)
    }
    open.executions++
    if (!success) open.failed++
  }
  /** The id of its group. */
  const group = (execution: Execution): string => {
    const category = execution.errorCategory ?? 'OTHER'
    const sample = execution.error ?? ''
    const { id, message } = normalised(category, sample)
    let open = groups.get(id)
    if (open === undefined) {
      const first = groups.size < MOST_IN_FILE ? { id, category, message, sample } : { ...otherErrors(category), sample }
      open = groups.get(first.id) ?? openGroup(first, execution.endMs)
      groups.set(first.id, open)
    }
    addTo(open, { count: 1, firstMs: execution.endMs, lastMs: execution.endMs })
    increase(open.byLabel, execution.label, 1)
    increase(open.byWorker, execution.workerId, 1)
    return id
  }
  return {
    add: executions =>
      executions.map(execution => {
        countOne(execution)
        return execution.success ? execution : { ...execution, errorGroup: group(execution) }
      }),
    summary: () => ({
      counts: [...counts.values()].map(one => ({ ...one })).sort(byCount),
      errors: mostFrequent([...groups.values()], MOST_IN_FILE),
    }),
  }
}

/**
 * What is in several files together: of one worker or of a whole run. Counts are exact; failures are told apart in at most `MOST_ERROR_GROUPS` groups,
 * the most frequent ones, and the rest is one group a category. The order of the summaries makes no difference but for the samples.
 */
export const addSummaries = (summaries: readonly SpoolSummary[]): SpoolSummary => {
  const counts = new Map<string, OpenCount>()
  const groups = new Map<string, OpenGroup>()
  for (const summary of summaries) {
    for (const count of summary.counts) {
      const key = countKey(count)
      const open = counts.get(key)
      if (open === undefined) counts.set(key, { ...count })
      else {
        open.executions += count.executions
        open.failed += count.failed
      }
    }
    for (const error of summary.errors) {
      const open = groups.get(error.id) ?? openGroup(error, error.firstMs)
      groups.set(error.id, open)
      addTo(open, error)
      for (const [label, count] of Object.entries(error.byLabel)) increase(open.byLabel, label, count)
      for (const [worker, count] of Object.entries(error.byWorker)) increase(open.byWorker, worker, count)
    }
  }
  return { counts: [...counts.values()].sort(byCount), errors: mostFrequent([...groups.values()], MOST_ERROR_GROUPS) }
}

const otherErrors = (category: ErrorCategory): Pick<OpenGroup, 'id' | 'category' | 'message'> => ({
  id: `other-${category}`,
  category,
  message: OTHER_ERRORS,
})

const openGroup = (of: Pick<OpenGroup, 'id' | 'category' | 'message' | 'sample'>, atMs: number): OpenGroup => ({
  id: of.id,
  category: of.category,
  message: of.message,
  sample: of.sample,
  count: 0,
  byLabel: new Map(),
  byWorker: new Map(),
  firstMs: atMs,
  lastMs: atMs,
})

const addTo = (open: OpenGroup, more: Pick<ErrorGroup, 'count' | 'firstMs' | 'lastMs'>): void => {
  open.count += more.count
  open.firstMs = Math.min(open.firstMs, more.firstMs)
  open.lastMs = Math.max(open.lastMs, more.lastMs)
}

const increase = (counts: Map<string, number>, key: string, by: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

/** The most frequent first, those that stand for others last. */
const mostFrequent = (groups: readonly OpenGroup[], most: number): ErrorGroup[] => {
  const single = groups.filter(group => group.message !== OTHER_ERRORS).sort(byFrequency)
  const others = new Map<string, OpenGroup>()
  for (const group of [...groups.filter(one => one.message === OTHER_ERRORS), ...single.slice(most)]) {
    const made = { ...otherErrors(group.category), sample: group.sample }
    const open = others.get(made.id) ?? openGroup(made, group.firstMs)
    others.set(made.id, open)
    addTo(open, group)
    for (const [label, count] of group.byLabel) increase(open.byLabel, label, count)
    for (const [worker, count] of group.byWorker) increase(open.byWorker, worker, count)
  }
  return [...single.slice(0, most), ...[...others.values()].sort(byFrequency)].map(group => ({
    ...group,
    byLabel: Object.fromEntries(group.byLabel),
    byWorker: Object.fromEntries(group.byWorker),
  }))
}

const byFrequency = (a: OpenGroup, b: OpenGroup): number => b.count - a.count || (a.id < b.id ? -1 : 1)

const countKey = ({ phase, counted, label }: Pick<SpoolCount, 'phase' | 'counted' | 'label'>): string => `${phase} ${counted} ${label}`
const byCount = (a: SpoolCount, b: SpoolCount): number => (countKey(a) < countKey(b) ? -1 : 1)
