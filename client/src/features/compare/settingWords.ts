import { isKind, KIND_WORDS, plainWord, TABLE_WORDS, type TableType } from '../../ui/words/kinds.ts'

/** Numbers that are names: their digits are not grouped. */
const NAMES = new Set(['seed'])
const KINDS = new RegExp(`\\b(${Object.keys(KIND_WORDS).join('|')})\\b`, 'g')
const LOAD_MODES: Readonly<Record<string, string>> = {
  CONCURRENCY: 'Fixed connections',
  QPS: 'Rate (QPS)',
  FIND_MAX_CONCURRENCY: 'Find max connections',
}
/** Whatever may be anything: SQL, parameters, names. */
const FREE_TEXT = /^(template\.name|target\.(connection|database|schema|table|warehouse)|operations\..*\.(sql|parameters))$/

const kindWords = (text: string): string => text.replaceAll(KINDS, name => (isKind(name) ? KIND_WORDS[name] : name))

/** A setting's value as one says it: 50,000, Point lookup, Find max connections. */
export const settingValueText = (path: string, value: string): string => {
  if (NAMES.has(path) || FREE_TEXT.test(path)) return value
  if (/^\d{4,}(\.\d+)?$/.test(value)) return Number(value).toLocaleString('en-US', { maximumFractionDigits: 20 })
  if (path === 'load.mode') return LOAD_MODES[value] ?? value
  if (path === 'target.tableType') return TABLE_WORDS[value as TableType] ?? value
  if (isKind(value)) return KIND_WORDS[value]
  return /^[A-Z]+(_[A-Z]+)+$/.test(value) ? plainWord(value) : kindWords(value)
}

/** "POINT_LOOKUP: share (%)" is "Point lookup: share (%)". */
export const settingTitleText = (title: string): string => kindWords(title)

/** The most telling first. */
const TELLING: readonly RegExp[] = [
  /^template\.name$/,
  /^operations\..*\.weight$/,
  /^load\.mode$/,
  /^load\.targetConnections$/,
  /^load\.targetQps$/,
  /^workerCount$/,
  /^target\.(tableType|table|warehouseSize|warehouse|postgresInstanceSize)$/,
  /^operations\./,
  /^target\.rows$/,
  /^load\./,
  /^target\./,
]

/** How telling a difference is: less is more. */
export const settingRank = (path: string): number => {
  const rank = TELLING.findIndex(pattern => pattern.test(path))
  return rank === -1 ? TELLING.length : rank
}
