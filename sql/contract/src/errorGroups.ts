import type { ErrorCategory } from './enums.ts'

/** Failures whose messages differ by values alone. */
export interface NormalisedError {
  /** Sixteen hexadecimal digits that follow from category and message. */
  readonly id: string
  /** With numbers, quoted values, ids and positions replaced by `?`; at most 500 characters. */
  readonly message: string
}

const MOST_CHARACTERS = 500
const ID_DIGITS = 16

/** After one of these words what is quoted is a name, not a value: it tells one failure from another. */
const NAMED =
  'attribute|collation|column|constraint|database|domain|encoding|extension|field|function|identifier|index|language|near|object|operator|parameter|policy|relation|role|schema|sequence|stage|table|trigger|type|unexpected|user|view|warehouse'
const isNamed = new RegExp(`\\b(?:${NAMED})s?:?\\s*$`, 'i')

/** Within quotes a quote is doubled. A message that was cut may end before its closing quote. */
const QUOTED = /(?<![\p{L}\p{N}_])(["'])((?:(?!\1).|\1\1)*)(\1(?![\p{L}\p{N}_])|$)/gsu

/** Values that are not quoted, the longer patterns first. */
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi
const MOMENT = /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?Z\b| ?[+-]\d\d(?::?\d\d)?\b)?)?/g
const ADDRESS =
  /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]*\d)|\[?(?<![\w:])(?=[a-f:]*\d)(?:[0-9a-f]{1,4})?(?::[0-9a-f]{0,4}){2,7}\]?(?::\d+)?(?![\w:])/gi
const HEX = /\b0x[0-9a-f]+\b|\\x[0-9a-f]{2,}|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b/gi
/** Letters and digits, many and mixed: ids of queries, requests and sessions. */
const ID = /\b(?=(?:[a-z]*\d){3})(?=(?:\d*[a-z]){3})[0-9a-z]{16,}\b/gi
const NUMBER = /(?<![\w.])[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:e[-+]?\d+)?(?=(?:ns|µs|us|ms|s|min|m|h|B|[kKMGT]i?B)?(?![\w]))/gi
/** What stands in brackets behind an equals sign: PostgreSQL's `Key (id)=(…)`. */
const KEY_VALUES = /\)=\((?:[^()]|\([^()]*\))*\)?/g
const LISTS = /(\?|"\?"|'\?')(?:\s*,\s*(?:\?|"\?"|'\?'))+/g

const withoutBareValues = (text: string): string =>
  text
    .replace(KEY_VALUES, ')=(?)')
    .replace(UUID, '?')
    .replace(MOMENT, '?')
    .replace(ADDRESS, '?')
    .replace(HEX, '?')
    .replace(ID, '?')
    .replace(NUMBER, '?')

/** A name may hold what is a value elsewhere, or be one alone: `syntax error at or near "12"`. */
const withoutValues = (text: string): string => {
  let normalised = ''
  let from = 0
  for (const match of text.matchAll(QUOTED)) {
    const [whole, quote = '', inner = ''] = match
    const before = text.slice(from, match.index)
    normalised += withoutBareValues(before)
    normalised += isNamed.test(before) ? `${quote}${withoutBareValues(inner)}${quote}` : `${quote}?${quote}`
    from = match.index + whole.length
  }
  return normalised + withoutBareValues(text.slice(from))
}

/**
 * The group of a failure: messages that differ by values alone (numbers, quoted values, moments, addresses, UUIDs and other ids, positions) are one.
 * Names of tables, columns and constraints stay: another constraint is another failure.
 * @param message as the engine gave it
 */
export const normaliseError = (category: ErrorCategory, message: string): NormalisedError => {
  const normalised = withoutValues(message.replace(/\s+/g, ' ').trim()).replace(LISTS, '$1, …').slice(0, MOST_CHARACTERS).trim()
  return { id: errorGroupId(category, normalised), message: normalised }
}

/** @param message normalised */
export const errorGroupId = (category: ErrorCategory, message: string): string =>
  fnv64(`${category}\n${message}`).toString(16).padStart(ID_DIGITS, '0')

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** FNV-1a with 64 bits, over UTF-8. Source: draft-eastlake-fnv. It is no secret, and need not withstand anybody. */
const fnv64 = (text: string): bigint => {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME)
  return hash
}
