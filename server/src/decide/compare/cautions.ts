import { isTerminal, type Plan } from '@flakebench/contract'
import { clientLimitedShare } from './comparability.ts'
import { countWords, plainNumber } from './figureWords.ts'
import type { RunToRun } from './runToRun.ts'
import { heldWords, loadDifferences } from './sameLoad.ts'
import { type OtherRun, planOf, type Trial, type TrialGroup } from './trial.ts'
import { missedShare } from './unmeasured.ts'

/** What weakens a verdict without forbidding it: each a sentence. */
export const cautionsFor = (baseline: TrialGroup, candidate: TrialGroup): string[] => {
  const trials = [baseline, candidate].flatMap(group => group.trials)
  return [
    ...loadCautions(planOf(baseline), planOf(candidate)),
    ...statementCautions(planOf(baseline), planOf(candidate)),
    ...rowCautions(trials),
    ...trials.flatMap(runCautions),
    ...dayCautions(trials),
  ]
}

const loadCautions = (one: Plan, other: Plan): string[] => [
  ...loadDifferences(one, other),
  ...(one.target.useCachedResult !== other.target.useCachedResult
    ? ['One of them may have been answered from the result cache, the other not']
    : []),
  ...(one.advanced.statementTimeoutSeconds !== other.advanced.statementTimeoutSeconds
    ? [
        `Statements were given up after ${other.advanced.statementTimeoutSeconds} s against ${one.advanced.statementTimeoutSeconds} s: what takes longer is a failure`,
      ]
    : []),
]

/** Where the rows of one table are known and those of another are not, tables of another size are not noticed. */
const rowCautions = (trials: readonly Trial[]): string[] =>
  trials.every(({ run }) => run.tableRows === null)
    ? []
    : trials
        .filter(({ run }) => run.tableRows === null)
        .map(({ name }) => `How many rows the table of ${name} had is not known: it may have been of another size`)

const statementCautions = (one: Plan, other: Plan): string[] =>
  one.operations.flatMap(({ label, sql }) => {
    const same = other.operations.find(operation => operation.label === label)
    return same === undefined || plainSql(same.sql) === plainSql(sql) ? [] : [`${label} was sent with other SQL`]
  })

const plainSql = (sql: string | null): string | null => sql?.replaceAll(/\s+/g, ' ').trim() ?? null

const runCautions = (trial: Trial): string[] => {
  const { run, name, result } = trial
  const share = clientLimitedShare(trial)
  const missed = missedShare(result)
  const unheard = result?.accounting.missingSnapshots ?? 0
  const lost = result?.lostWorkers.length ?? 0
  return [
    ...(isTerminal(run.status) && run.status !== 'COMPLETED' ? [`${name} ended early (${run.status})`] : []),
    ...(share > 0 ? [`In ${plainNumber(100 * share)} % of ${name} the load generator could have been the limit`] : []),
    ...heldWords(trial),
    ...(missed > 0 ? [`${plainNumber(100 * missed)} % of the operations that ${name} meant to send were never sent`] : []),
    ...(unheard > 0
      ? [
          `${countWords(unheard)} ${unheard === 1 ? 'snapshot' : 'snapshots'} of the workers of ${name} never arrived: what is in them is in no figure`,
        ]
      : []),
    ...(lost > 0 ? [`${name} lost ${lost} of its workers`] : []),
  ]
}

const daysOf = (runs: readonly Pick<Trial, 'run'>[]): string[] =>
  [...new Set(runs.flatMap(({ run }) => (run.startAtMs === null ? [] : [new Date(run.startAtMs).toISOString().slice(0, 10)])))].sort()

const dayCautions = (trials: readonly Trial[]): string[] => {
  const days = daysOf(trials)
  return days.length > 1 ? [`Measured on different days (${days.join(', ')}): what else ran there may have changed`] : []
}

/** How far what differs from run to run is in the interval. @param runToRun null: not known */
export const repeatCautions = (baseline: TrialGroup, candidate: TrialGroup, runToRun: RunToRun | null): string[] => {
  const singles = [baseline, candidate].filter(group => group.trials.length === 1).length
  if (runToRun?.isFromOthers) return [othersWords([...baseline.others, ...candidate.others])]
  if (singles === 0) return []
  const who = singles === 2 ? 'One run of each' : 'A single run on one side'
  const repeated = singles === 2 ? 'is not in the interval' : 'is in the interval only as far as the repeated runs show it'
  return [`${who}: what differs from run to run (caches, neighbours, maintenance) ${repeated}; repeat the runs to be surer`]
}

const othersWords = (others: readonly OtherRun[]): string => {
  const days = daysOf(others)
  const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : (days[0] ?? 'at another time')
  return `What differs from run to run is known from ${others.length} other runs of the same configurations (${when}), not from repeats of these`
}
