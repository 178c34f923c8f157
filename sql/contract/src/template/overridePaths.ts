import type { RunOverrideValues } from './overridesShape.ts'
import type { Finding } from './problem.ts'

/** Fields of a template whose override has another name. */
const RENAMED: Readonly<Record<string, string>> = {
  'load.mode': 'loadMode',
  'load.targetQps': 'targetQps',
  'load.arrival': 'arrival',
  'load.targetConnections': 'targetConnections',
  'load.durationSeconds': 'durationSeconds',
  'load.warmupSeconds': 'warmupSeconds',
  'advanced.deadWorkerPolicy': 'deadWorkerPolicy',
  'advanced.shareSut': 'shareSut',
  'advanced.keepExecutions': 'keepExecutions',
}

/** The override of a field of the template; null: there is none. */
const overrideOf = (field: string): string | null => {
  const renamed = RENAMED[field]
  if (renamed !== undefined) return `overrides.${renamed}`
  if (field.startsWith('load.findMax.')) return `overrides.${field.slice('load.'.length)}`
  return /^(scaling|guardrails|slos|sloAbort)(\.|$)/.test(field) ? `overrides.${field}` : null
}

const FIELDS = /\b(?:load|scaling|guardrails|slos|sloAbort|advanced)(?:\.\w+)+/g

/**
 * Findings about a changed template, in the names of the overrides where one of them was judged: the path then is where the run can be put right, also
 * when that field itself comes from the template.
 */
export const namedAsOverrides = (findings: readonly Finding[], overrides: RunOverrideValues): Finding[] => {
  const isSet = (field: string): boolean =>
    valueAt(overrides, overrideOf(field)) !== null || (WORKERS.has(field) && overrides.workers !== null)
  return findings.map(({ path, message, reads }) => {
    const concerns = [path, ...reads].some(isSet)
    const named = (field: string): string => ((field === path && concerns) || isSet(field) ? (overrideOf(field) ?? field) : field)
    return { path: named(path), message: message.replace(FIELDS, named), reads: reads.map(field => overrideOf(field) ?? field) }
  })
}

/** `workers` stands for them where the load is steered. */
const WORKERS: ReadonlySet<string> = new Set(['scaling.minWorkers', 'scaling.maxWorkers'])

const valueAt = (overrides: RunOverrideValues, path: string | null): unknown => {
  if (path === null) return null
  const [field, ...deeper] = path.split('.').slice(1)
  const value = overrides[field as keyof RunOverrideValues]
  const inner = deeper[0]
  return inner === undefined || Array.isArray(value) || value === null ? value : (value as unknown as Record<string, unknown>)[inner]
}
