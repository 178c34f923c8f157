import type { Execution } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import { LONGEST } from './executionColumns.ts'

/** How Snowflake is to read what `csvLines` writes: nothing but a doubled quote is escaped, and what is empty and not enclosed is NULL. */
export const CSV_FORMAT = `TYPE = CSV COMPRESSION = GZIP FIELD_DELIMITER = ',' FIELD_OPTIONALLY_ENCLOSED_BY = '"'
  ESCAPE = NONE ESCAPE_UNENCLOSED_FIELD = NONE NULL_IF = () EMPTY_FIELD_AS_NULL = TRUE TRIM_SPACE = FALSE`

/** Rows of QUERY_EXECUTIONS as lines of a CSV file, in the order of EXECUTION_COLUMNS. */
export const csvLines = (runId: string, executions: readonly Execution[]): string => {
  let lines = ''
  for (const one of executions) {
    lines += `${enclosed(one.id)},${runId},${enclosed(one.workerId)},${one.connection},${enclosedOrNull(one.queryId, LONGEST.queryId)},${one.kind},`
    lines += `${enclosedOrNull(one.label, LONGEST.label)},${one.phase},${one.counted},${one.intendedStartMs},${one.startMs},${one.endMs},`
    lines += `${one.responseMs},${one.rows === null ? '' : Math.trunc(one.rows)},${one.success},${one.retried},${one.errorCategory ?? ''},`
    lines += `${enclosedOrNull(one.error, LONGEST.error)},${one.errorGroup ?? ''}\n`
  }
  return lines
}

const enclosed = (text: string): string => `"${text.replaceAll('"', '""')}"`

const enclosedOrNull = (text: string | null, most: number): string => {
  const words = wordsBind(text, most)
  return words === null ? '' : enclosed(words)
}
