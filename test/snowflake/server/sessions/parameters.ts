/** As the driver sends one: a text, a number or a truth value. */
export type ParameterValue = string | number | boolean

/** Parameters that the driver reads from answers, with what Snowflake has by default. */
const TOLD: Readonly<Record<string, ParameterValue>> = {
  TIMEZONE: 'UTC',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  BINARY_OUTPUT_FORMAT: 'HEX',
  CLIENT_SESSION_KEEP_ALIVE: false,
  CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY: 3600,
  CLIENT_STAGE_ARRAY_BINDING_THRESHOLD: 65_280,
  JS_TREAT_INTEGER_AS_BIGINT: false,
  QUERY_CONTEXT_CACHE_SIZE: 5,
  SERVICE_NAME: '',
}

/** JSON of the list `[{name, value}]` that goes with every answer. */
export const parametersJson = (set: ReadonlyMap<string, string>): string =>
  JSON.stringify(Object.entries(TOLD).map(([name, standard]) => ({ name, value: toldAs(standard, set.get(name)) })))

const toldAs = (standard: ParameterValue, set: string | undefined): ParameterValue => {
  if (set === undefined) return standard
  if (typeof standard === 'boolean') return isTrue(set)
  return typeof standard === 'number' ? Number(set) : set
}

/** How Snowflake reads a truth value in a parameter. */
export const isTrue = (value: string | undefined): boolean => value?.toUpperCase() === 'TRUE'

/** Seconds; the standard value for what is not set, or is no number. */
export const secondsOf = (parameters: ReadonlyMap<string, string>, name: string, standard: number): number => {
  const text = parameters.get(name)
  const seconds = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : standard
}

/** Session parameters with those of a statement over them. */
export const withStatementParameters = (
  session: ReadonlyMap<string, string>,
  statement: Readonly<Record<string, ParameterValue>> | undefined,
): ReadonlyMap<string, string> => {
  if (statement === undefined) return session
  let merged: Map<string, string> | undefined
  for (const name in statement) {
    merged ??= new Map(session)
    merged.set(name.toUpperCase(), String(statement[name]))
  }
  return merged ?? session
}
