import type { Call } from './calls.ts'
import { dateAdd, dateDiff, extract, partOf } from './dateCalls.ts'
import { castText, rewriteExpression } from './expression.ts'
import { quoteText } from './names.ts'
import { isSymbol, isWord, type Node } from './nodes.ts'
import { COMPAT, readType } from './types.ts'

type CallMaker = (call: Call) => string

const argument = (call: Call, i: number): string => rewriteExpression(call.raw[i] ?? [], call.work, call.scope)

const all = (call: Call): string[] => call.raw.map((_, i) => argument(call, i))

/** PostgreSQL cannot tell the type of a bare bind where any type will do. */
const typed = (text: string): string => (/^\$\d+$/.test(text) || text === 'NULL' || /^'/.test(text) ? `${text}::text` : text)

const typedAll = (call: Call): string => all(call).map(typed).join(', ')

const isWhole = (nodes: readonly Node[] | undefined): boolean =>
  nodes?.every(node => node.type === 'bind' || node.type === 'symbol' || (node.type === 'number' && /^\d+$/.test(node.value))) === true &&
  !nodes.some(node => isSymbol(node, '::'))

const splitAs = (nodes: readonly Node[]): { value: readonly Node[]; type: readonly Node[] } => {
  const at = nodes.findIndex(node => isWord(node, 'AS'))
  return { value: nodes.slice(0, at), type: nodes.slice(at + 1) }
}

const cast: CallMaker = call => {
  const { value, type } = splitAs(call.raw[0] ?? [])
  return castText(rewriteExpression(value, call.work, call.scope), readType(call.work.statement.sql, type, 0), false)
}

const tryCast: CallMaker = call => {
  const { value, type } = splitAs(call.raw[0] ?? [])
  const target = readType(call.work.statement.sql, type, 0).postgres
  const text = rewriteExpression(value, call.work, call.scope)
  return `${COMPAT}.valid_text((${text})::text, ${quoteText(target)})::${target}`
}

const aggregate =
  (postgres: string, format: (value: string) => string, tail = ''): CallMaker =>
  call => {
    const [value = '', ...rest] = all(call)
    const order = call.within === null ? '' : ` ${call.within}`
    return `${postgres}(${[`${call.isDistinct ? 'DISTINCT ' : ''}${format(value)}`, ...rest].join(', ')}${tail}${order})`
  }

const listAgg: CallMaker = call => {
  const [value = '', separator = "''"] = all(call)
  // PostgreSQL orders distinct values by exactly what it aggregates.
  const within = call.within?.replace(`ORDER BY ${value}`, `ORDER BY (${value})::text`)
  const order = within === undefined ? '' : ` ${within}`
  return `coalesce(string_agg(${call.isDistinct ? 'DISTINCT ' : ''}(${value})::text, ${separator}${order}), '')`
}

const percentile =
  (fraction: (call: Call) => string): CallMaker =>
  call =>
    `percentile_cont(${fraction(call)}) WITHIN GROUP (ORDER BY ${argument(call, 0)})`

const mostBy =
  (direction: string): CallMaker =>
  call =>
    `(array_agg(${typed(argument(call, 0))} ORDER BY ${argument(call, 1)} ${direction} NULLS LAST))[1]`

/** Formats of TO_VARCHAR are PostgreSQL's, but for the fraction beyond six digits and the zone. */
const toText: CallMaker = call => {
  const value = argument(call, 0)
  const format = call.raw[1]?.[0]
  if (format === undefined) return `${COMPAT}.to_varchar(${typed(value)})`
  const text =
    format.type === 'string'
      ? quoteText(format.value.replace(/FF[789]?(?![0-6])/gi, 'FF6').replace(/TZHTZM/gi, 'TZHTZM'))
      : argument(call, 1)
  return `to_char(${value}, ${text})`
}

const position: CallMaker = call => {
  const [nodes = []] = call.raw
  const at = nodes.findIndex(node => isWord(node, 'IN'))
  if (at < 0) return `strpos(${argument(call, 1)}, ${argument(call, 0)})`
  const side = (part: readonly Node[]) => rewriteExpression(part, call.work, call.scope)
  return `strpos(${side(nodes.slice(at + 1))}, ${side(nodes.slice(0, at))})`
}

/** Snowflake's two-argument form moves to a zone, its three-argument form says from which. */
const objectConstruct =
  (format: (built: string) => string): CallMaker =>
  call =>
    format(`jsonb_build_object(${typedAll(call)})`)

export const SPECIAL_CALLS: Readonly<Record<string, CallMaker>> = {
  CAST: cast,
  TRY_CAST: tryCast,
  IFF: call => `CASE WHEN ${argument(call, 0)} THEN ${argument(call, 1)} ELSE ${argument(call, 2)} END`,
  NVL: call => `coalesce(${all(call).join(', ')})`,
  IFNULL: call => `coalesce(${all(call).join(', ')})`,
  NVL2: call => `CASE WHEN ${typed(argument(call, 0))} IS NOT NULL THEN ${argument(call, 1)} ELSE ${argument(call, 2)} END`,
  ZEROIFNULL: call => `coalesce(${argument(call, 0)}, 0)`,
  NULLIFZERO: call => `nullif(${argument(call, 0)}, 0)`,
  EQUAL_NULL: call => `(${argument(call, 0)} IS NOT DISTINCT FROM ${argument(call, 1)})`,
  CONCAT: call =>
    `(${all(call)
      .map(text => `(${text})::text`)
      .join(' || ')})`,
  COUNT_IF: call => `count(CASE WHEN ${argument(call, 0)} THEN 1 END)`,
  APPROX_COUNT_DISTINCT: call => `count(DISTINCT ${argument(call, 0)})`,
  HLL: call => `count(DISTINCT ${argument(call, 0)})`,
  MEDIAN: percentile(() => '0.5'),
  APPROX_PERCENTILE: percentile(call => argument(call, 1)),
  LISTAGG: listAgg,
  ARRAY_AGG: aggregate('jsonb_agg', typed),
  ARRAY_UNIQUE_AGG: call => `jsonb_agg(DISTINCT ${typed(argument(call, 0))})`,
  OBJECT_AGG: aggregate('jsonb_object_agg', typed),
  MAX_BY: mostBy('DESC'),
  MIN_BY: mostBy('ASC'),
  ARRAY_CONSTRUCT: call => `jsonb_build_array(${typedAll(call)})`,
  OBJECT_CONSTRUCT: objectConstruct(built => `${COMPAT}.drop_nulls(${built})`),
  OBJECT_CONSTRUCT_KEEP_NULL: objectConstruct(built => built),
  TO_VARIANT: call => `${COMPAT}.to_variant(${argument(call, 0)})`,
  TO_OBJECT: call => argument(call, 0),
  TO_ARRAY: call => `${COMPAT}.to_variant(${argument(call, 0)})`,
  HASH: call => `hashtextextended(jsonb_build_array(${typedAll(call)})::text, 0)`,
  RANDOM: call => `${COMPAT}.random_number(${call.raw.length === 0 ? '' : `${argument(call, 0)}::bigint`})`,
  UNIFORM: call => {
    const name = isWhole(call.raw[0]) && isWhole(call.raw[1]) ? 'uniform_whole' : 'uniform_real'
    return `${COMPAT}.${name}(${all(call).join(', ')})`
  },
  SEQ1: () => '(row_number() OVER () - 1)',
  SEQ2: () => '(row_number() OVER () - 1)',
  SEQ4: () => '(row_number() OVER () - 1)',
  SEQ8: () => '(row_number() OVER () - 1)',
  TO_VARCHAR: toText,
  TO_CHAR: toText,
  POSITION: position,
  CHARINDEX: position,
  DATEDIFF: dateDiff,
  TIMESTAMPDIFF: dateDiff,
  TIMEDIFF: dateDiff,
  DATEADD: dateAdd,
  TIMESTAMPADD: dateAdd,
  TIMEADD: dateAdd,
  EXTRACT: extract,
  DATE_PART: call => `${COMPAT}.date_part_of(${quoteText(partOf(call.raw[0], call.work))}, ${argument(call, 1)})`,
  DATE_TRUNC: call => `date_trunc(${quoteText(partOf(call.raw[0], call.work))}, ${argument(call, 1)})`,
  ...Object.fromEntries(
    ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'DAYOFWEEK', 'DAYOFYEAR', 'DAYOFMONTH'].map(name => [
      name,
      (call: Call) => `${COMPAT}.date_part_of(${quoteText(name.toLowerCase())}, ${argument(call, 0)})`,
    ]),
  ),
}
