import type { CanonicalOperation, GenericOperation, Slo, Template } from '@flakebench/contract'
import { KIND_TITLES, kindTitle, SETTING_TITLES, UNSET_WORDS } from './settingTitles.ts'

/**
 * The settings in which two templates differ, one a line, in the order of the editor: `Connections: 8 → 16`. Long texts are told as changed.
 * @param connectionName of a connection's id; null for one that is not there any more
 */
export const templateChanges = (before: Template, after: Template, connectionName: (id: string) => string | null): string[] => {
  const settings = Object.keys(SETTING_TITLES)
  const between = (from: string | null, to: string | null): string[] =>
    settings
      .slice(from === null ? 0 : settings.indexOf(from), to === null ? settings.length : settings.indexOf(to))
      .flatMap(path => settingChange(path, settingAt(before, path), settingAt(after, path)))
  return [
    ...between(null, 'target.tableType'),
    ...changeOf('Tags', tagWords(before), tagWords(after)),
    ...changeOf('Connection', connectionWords(before, connectionName), connectionWords(after, connectionName)),
    ...between('target.tableType', 'load.mode'),
    ...columnChange(before, after),
    ...operationChanges(before, after),
    ...between('load.mode', 'sloAbort.enabled'),
    ...sloChanges(before.slos, after.slos),
    ...between('sloAbort.enabled', null),
  ]
}

/** Both are as the contract reads them: fields are in the same order. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

type Value = string | number | boolean | null

const settingAt = (template: Template, path: string): Value =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], template) as Value

/** Longer texts are not shown. */
const MOST_SHOWN = 80

const isShown = (value: Value): boolean => typeof value !== 'string' || (value.length <= MOST_SHOWN && !value.includes('\n'))

const settingChange = (path: string, before: Value, after: Value): string[] => {
  if (before === after) return []
  const title = SETTING_TITLES[path] as string
  if (!isShown(before) || !isShown(after)) return [`${title} changed`]
  const words = (value: Value): string => {
    if (value === null) return UNSET_WORDS[path] ?? 'none'
    if (typeof value === 'boolean') return value ? 'yes' : 'no'
    return String(value)
  }
  return [`${title}: ${words(before)} → ${words(after)}`]
}

const changeOf = (title: string, before: string, after: string): string[] => {
  if (before === after) return []
  return [isShown(before) && isShown(after) ? `${title}: ${before} → ${after}` : `${title} changed`]
}

const tagWords = ({ tags }: Template): string => tags.map(({ key, value }) => (value === '' ? key : `${key}=${value}`)).join(', ') || 'none'

/** Two that have no name any more are told apart by their ids. */
const connectionWords = ({ target }: Template, nameOf: (id: string) => string | null): string =>
  target.connectionId === null ? 'none' : (nameOf(target.connectionId) ?? `one that was deleted (${target.connectionId})`)

const columnChange = (before: Template, after: Template): string[] => {
  const [from, to] = [before.target.columns, after.target.columns]
  if (isSame(from, to)) return []
  const words = (columns: Template['target']['columns']): string => (columns === null ? 'of the catalog' : String(columns.length))
  return [words(from) === words(to) ? 'Columns changed' : `Columns: ${words(from)} → ${words(to)}`]
}

const operationChanges = (before: Template, after: Template): string[] => {
  const canonical = (
    [
      ['pointLookup', KIND_TITLES.POINT_LOOKUP],
      ['rangeScan', KIND_TITLES.RANGE_SCAN],
      ['insert', KIND_TITLES.INSERT],
      ['update', KIND_TITLES.UPDATE],
    ] as const
  ).flatMap(([field, title]) => canonicalChanges(title, before.operations[field], after.operations[field]))
  return [...canonical, ...genericChanges(before.operations.generic, after.operations.generic)]
}

const shareChange = (title: string, before: number, after: number): string[] =>
  before === after ? [] : [`${title}: share ${before} % → ${after} %`]

const canonicalChanges = (title: string, before: CanonicalOperation, after: CanonicalOperation): string[] => {
  const share = shareChange(title, before.weight, after.weight)
  if (before.sql === after.sql) return share
  if (before.sql === null) return [...share, `${title}: SQL of its own`]
  return [...share, after.sql === null ? `${title}: the engine's own SQL again` : `${title}: SQL changed`]
}

const nameOf = ({ id, label }: GenericOperation): string => `“${label ?? id}”`

/** Told apart by their ids. */
const genericChanges = (before: readonly GenericOperation[], after: readonly GenericOperation[]): string[] => {
  const gone = before.filter(({ id }) => after.every(other => other.id !== id)).map(operation => `${nameOf(operation)} removed`)
  const kept = after.flatMap(operation => {
    const earlier = before.find(({ id }) => id === operation.id)
    return earlier === undefined ? [`${nameOf(operation)} added with ${operation.weight} %`] : changesOfOne(earlier, operation)
  })
  const inBoth = (list: readonly GenericOperation[], others: readonly GenericOperation[]): readonly string[] =>
    list.map(({ id }) => id).filter(id => others.some(other => other.id === id))
  const isMoved = !isSame(inBoth(before, after), inBoth(after, before))
  return [...gone, ...kept, ...(isMoved ? ['Order of the generic operations changed'] : [])]
}

const changesOfOne = (before: GenericOperation, after: GenericOperation): string[] => {
  const name = nameOf(after)
  return [
    ...(before.label === after.label ? [] : [`${nameOf(before)} is ${name} now`]),
    ...(before.operationType === after.operationType ? [] : [`${name}: ${before.operationType} → ${after.operationType}`]),
    ...shareChange(name, before.weight, after.weight),
    ...(before.sql === after.sql ? [] : [`${name}: SQL changed`]),
    ...(isSame(before.parameters, after.parameters) ? [] : [`${name}: parameters changed`]),
  ]
}

const boundWords = ({ p95Ms, p99Ms, errorRatePercent }: Slo): string =>
  [
    ...(p95Ms === null ? [] : [`p95 ${p95Ms} ms`]),
    ...(p99Ms === null ? [] : [`p99 ${p99Ms} ms`]),
    ...(errorRatePercent === null ? [] : [`errors ${errorRatePercent} %`]),
  ].join(', ') || 'unbounded'

/** Told apart by their kinds. */
const sloChanges = (before: readonly Slo[], after: readonly Slo[]): string[] => {
  const kinds = [...new Set([...before, ...after].map(({ kind }) => kind))]
  const changes = kinds.flatMap(kind => {
    const words = (slos: readonly Slo[]): string => slos.filter(slo => slo.kind === kind).map(boundWords)[0] ?? 'none'
    return changeOf(`SLO of ${kindTitle(kind)}`, words(before), words(after))
  })
  const isMoved = changes.length === 0 && !isSame(before, after)
  return isMoved ? ['Order of the SLOs changed'] : changes
}
