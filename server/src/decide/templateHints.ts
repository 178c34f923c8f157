import { dialectOf, type Problem, poolNeeds, type Template, unsupportedProblems } from '@flakebench/contract'
import { kindTitle } from './settingTitles.ts'

export interface HintFacts {
  /** What a template of its type takes that names none; null: there is no connection of this type. */
  readonly defaultConnectionName: string | null
}

/** Below, a handful of disturbed intervals decide the figures. */
const SHORT_SECONDS = 10

/** Hints, with all fields that they rest on beside the one that they are of. */
interface HintRule {
  readonly reads: readonly string[]
  readonly hints: (template: Template, facts: HintFacts) => Problem[]
}

const overlap = (a: string, b: string): boolean => a === '' || a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)

/**
 * What is not wrong with a template, but worth knowing before it is run; each with the path of its field.
 * @param unreadable paths where the template holds something else than what was sent: of them and by them nothing is told
 */
export const templateHints = (template: Template, facts: HintFacts, unreadable: readonly string[] = []): Problem[] => {
  const isSound = (path: string): boolean => !unreadable.some(other => overlap(other, path))
  return RULES.flatMap(({ reads, hints }) => (reads.every(isSound) ? hints(template, facts).filter(({ path }) => isSound(path)) : []))
}

const engineNames = { POSTGRES: 'PostgreSQL', SNOWFLAKE: 'Snowflake' } as const

const connectionHints = ({ target }: Template, { defaultConnectionName }: HintFacts): Problem[] => {
  const path = 'target.connectionId'
  const wanted = dialectOf(target.tableType) === 'snowflake' ? 'SNOWFLAKE' : 'POSTGRES'
  if (target.connectionId !== null) return []
  if (defaultConnectionName !== null)
    return [{ path, message: `No connection is chosen: it is saved with the default, ${defaultConnectionName}` }]
  return [{ path, message: `There is no connection to ${engineNames[wanted]} yet: add one before it is run` }]
}

const cacheHints = ({ target }: Template): Problem[] =>
  target.useCachedResult && dialectOf(target.tableType) === 'snowflake'
    ? [{ path: 'target.useCachedResult', message: 'Answers may come from the result cache: then the cache is measured, not the table' }]
    : []

const operationHints = ({ operations }: Template): Problem[] => [
  ...(operations.insert.weight > 0
    ? [{ path: 'operations.insert.weight', message: 'Rows that are inserted stay: the table grows with every run' }]
    : []),
  ...operations.generic.flatMap(({ weight, label, id }, i) =>
    weight === 0 ? [{ path: `operations.generic.${i}.weight`, message: `“${label ?? id}” has a share of 0: it is never sent` }] : [],
  ),
]

const loadHints = ({ load }: Template): Problem[] => [
  ...(load.mode !== 'FIND_MAX_CONCURRENCY' && load.durationSeconds < SHORT_SECONDS
    ? [
        {
          path: 'load.durationSeconds',
          message: `Figures of less than ${SHORT_SECONDS} s vary much from run to run: measure longer to compare them`,
        },
      ]
    : []),
  ...(load.warmupSeconds === 0
    ? [{ path: 'load.warmupSeconds', message: 'Without warmup the first seconds measure cold connections and caches' }]
    : []),
]

const sloHints = ({ slos, operations }: Template): Problem[] => {
  const weights = {
    POINT_LOOKUP: operations.pointLookup.weight,
    RANGE_SCAN: operations.rangeScan.weight,
    INSERT: operations.insert.weight,
    UPDATE: operations.update.weight,
    GENERIC_SQL: operations.generic.reduce((sum, { weight }) => sum + weight, 0),
  }
  return slos.flatMap(({ kind, p95Ms, p99Ms, errorRatePercent }, i) => {
    const path = `slos.${i}.kind`
    if (weights[kind] === 0) return [{ path, message: `The share of ${kindTitle(kind)} is 0: this SLO judges nothing` }]
    const isEmpty = p95Ms === null && p99Ms === null && errorRatePercent === null
    return isEmpty ? [{ path, message: `The SLO of ${kindTitle(kind)} bounds nothing: give it a bound` }] : []
  })
}

const seedHints = ({ advanced }: Template): Problem[] => [
  ...(advanced.seed === null
    ? []
    : [{ path: 'advanced.seed', message: 'The seed is fixed: every run sends the same values in the same order' }]),
  ...(advanced.shareSut
    ? [{ path: 'advanced.shareSut', message: 'It does not wait for other runs of the same database: they disturb each other' }]
    : []),
]

const RULES: readonly HintRule[] = [
  { reads: ['target.tableType'], hints: connectionHints },
  { reads: [], hints: unsupportedProblems },
  { reads: ['target.tableType'], hints: cacheHints },
  { reads: [], hints: operationHints },
  { reads: ['operations', 'target.tableType'], hints: poolNeeds },
  { reads: ['load.mode'], hints: loadHints },
  { reads: ['operations', 'slos'], hints: sloHints },
  { reads: [], hints: seedHints },
]
