import type { Call } from './calls.ts'
import { rewriteExpression } from './expression.ts'
import { quoteText } from './names.ts'
import { isWord, type Node, sourceOf } from './nodes.ts'
import { SnowflakeError } from './translation.ts'
import { COMPAT } from './types.ts'
import type { Work } from './work.ts'

/** Snowflake's parts of a moment by all the names they go by. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  year: ['y', 'yy', 'yyy', 'yyyy', 'yr', 'years', 'yrs'],
  quarter: ['q', 'qtr', 'qtrs', 'quarters'],
  month: ['mm', 'mon', 'mons', 'months'],
  week: ['w', 'wk', 'weekofyear', 'woy', 'wy', 'weeks'],
  day: ['d', 'dd', 'days', 'dayofmonth'],
  dayofweek: ['dow', 'dw', 'weekday'],
  dayofyear: ['doy', 'dy', 'yearday'],
  hour: ['h', 'hh', 'hr', 'hours', 'hrs'],
  minute: ['m', 'mi', 'min', 'minutes', 'mins'],
  second: ['s', 'sec', 'seconds', 'secs'],
  millisecond: ['ms', 'msec', 'milliseconds', 'msecs'],
  microsecond: ['us', 'usec', 'microseconds', 'usecs'],
  nanosecond: ['ns', 'nsec', 'nanosec', 'nsecond', 'nanoseconds', 'nanosecs', 'nseconds'],
  epoch_second: ['epoch', 'epoch_seconds'],
  epoch_millisecond: ['epoch_milliseconds'],
  epoch_microsecond: ['epoch_microseconds'],
}

const PART_OF = new Map(Object.entries(PARTS).flatMap(([part, names]) => [part, ...names].map(name => [name, part] as const)))

/** The part by its own name, quoted or not. */
export const partOf = (nodes: readonly Node[] | undefined, work: Work): string => {
  const node = nodes?.[0]
  const written = node?.type === 'string' || node?.type === 'word' ? node.value.toLowerCase() : sourceOf(work.statement.sql, nodes ?? [])
  const part = PART_OF.get(written)
  if (part === undefined)
    throw new SnowflakeError('001007', '22023', `SQL compilation error:\n'${written}' is not a valid date/time component.`)
  return part
}

const argument = (call: Call, i: number): string => rewriteExpression(call.raw[i] ?? [], call.work, call.scope)

export const dateDiff = (call: Call): string =>
  `${COMPAT}.timestampdiff(${quoteText(partOf(call.raw[0], call.work))}, ${argument(call, 1)}, ${argument(call, 2)})`

const WHOLE_DAYS = new Set(['day', 'week', 'month', 'quarter', 'year'])

/** Whole days added to a date leave a date. */
export const dateAdd = (call: Call): string => {
  const part = partOf(call.raw[0], call.work)
  return `${COMPAT}.${WHOLE_DAYS.has(part) ? 'dateadd_days' : 'dateadd'}(${quoteText(part)}, ${argument(call, 1)}, ${argument(call, 2)})`
}

export const extract = (call: Call): string => {
  const [nodes = []] = call.raw
  const at = nodes.findIndex(node => isWord(node, 'FROM'))
  return `${COMPAT}.date_part_of(${quoteText(partOf(nodes.slice(0, at), call.work))}, ${rewriteExpression(nodes.slice(at + 1), call.work, call.scope)})`
}
