import { listStrings } from './sourceText.ts'

/** Something that PostgreSQL takes and Snowflake refuses, or understands differently. */
interface PortableRule {
  readonly name: string
  readonly because: string
  readonly pattern: RegExp
  /** Looks into the text of SQL literals too, which is blank to the others. */
  readonly seesLiterals?: true
}

const rule = (name: string, because: string, pattern: RegExp): PortableRule => ({ name, because, pattern })

/** Source: Snowflake's SQL reference; what differs, and what to write instead. */
export const PORTABLE_RULES: readonly PortableRule[] = [
  rule('RETURNING', 'Snowflake returns no rows from DML: count the rows changed, and read', /\bRETURNING\b/i),
  rule('ON_CONFLICT', 'unknown to Snowflake: UPDATE, then INSERT when no row changed', /\bON\s+CONFLICT\b/i),
  rule('SKIP_LOCKED', 'unknown to Snowflake: claim by compare-and-set', /\bSKIP\s+LOCKED\b/i),
  rule(
    'FOR_UPDATE_WAITS',
    'waits on PostgreSQL and fails at once on Snowflake: say NOWAIT',
    /\bFOR\s+(NO\s+KEY\s+)?UPDATE\b(?!\s+NOWAIT)/i,
  ),
  rule('FOR_SHARE', 'unknown to Snowflake', /\bFOR\s+(KEY\s+)?SHARE\b/i),
  rule('LISTEN_NOTIFY', 'unknown to Snowflake: look again', /^\s*(LISTEN|UNLISTEN|NOTIFY)\b|\bpg_notify\b/i),
  rule('NUMBERED_PLACEHOLDER', 'placeholders are ?; the PostgreSQL adapter numbers them', /\$\d/),
  rule('DOLLAR_QUOTES', 'PostgreSQL only: bind the text', /\$[a-z_]*\$/i),
  rule('LIMIT_PLACEHOLDER', 'Snowflake wants a constant: put a whole number in', /\b(LIMIT|OFFSET)\s+\?/i),
  rule('FILTER_CLAUSE', 'unknown to Snowflake: SUM(CASE WHEN … END)', /\bFILTER\s*\(/i),
  rule('DISTINCT_ON', 'unknown to Snowflake: ROW_NUMBER() in a subquery', /\bDISTINCT\s+ON\b/i),
  rule('ILIKE', 'folds case by rules of its own: LOWER(…) LIKE', /\bILIKE\b/i),
  rule('JSON_CAST', 'Snowflake has VARIANT: PARSE_JSON(?)', /::\s*jsonb?\b|\bAS\s+jsonb?\s*\)/i),
  rule(
    'POSTGRES_CAST',
    'a type that Snowflake does not know',
    /::\s*(int[248]|float[48]|bytea|uuid|regclass|interval|timestamptz|name|oid)\b|::\s*\w+\s*\[/i,
  ),
  rule('JSON_ARROW', "unknown to Snowflake: column['name']", /->>?|#>>?|@>|<@/),
  rule('NOW', 'CURRENT_TIMESTAMP', /\bNOW\s*\(/i),
  rule('POSTGRES_CLOCK', 'CURRENT_TIMESTAMP, or bind the moment', /\b(CLOCK|STATEMENT|TRANSACTION)_TIMESTAMP\b|\bTIMEOFDAY\b/i),
  rule(
    'CURRENT_TIMESTAMP_CALL',
    'with parentheses a syntax error on PostgreSQL, with digits another type: write none',
    /\bCURRENT_TIMESTAMP\s*\(/i,
  ),
  rule('PARSE_JSON_IN_VALUES', 'Snowflake refuses function calls in VALUES: INSERT … SELECT', /\bVALUES\s*\([^;]*\bPARSE_JSON\b/i),
  rule(
    'UNQUOTED_DATE_PART',
    "the compat functions take the part as text: 'second'",
    /\b(TIMESTAMPDIFF|DATEDIFF|TIMESTAMPADD|DATEADD)\s*\(\s*[a-z_]/i,
  ),
  rule(
    'POSTGRES_TYPE',
    'a type that Snowflake does not know',
    /\w\s+((BIG|SMALL)?SERIAL|JSONB?|TIMESTAMPTZ|BYTEA|UUID|INET|CITEXT|TSVECTOR|HSTORE)\b/i,
  ),
  rule(
    'ARRAY',
    'arrays are another thing on Snowflake: a row a value, or JSON',
    /\b(VAR)?(CHAR|TEXT|INTEGER|BIGINT)(\(\d+\))?\s*\[\]|\bARRAY\s*\[|\b(ANY|ALL|UNNEST)\s*\(\s*[?_]/i,
  ),
  rule('GENERATE_SERIES', 'unknown to Snowflake', /\bGENERATE_SERIES\b/i),
  rule('ADVISORY_LOCK', 'unknown to Snowflake: compare-and-set on a row', /\bpg_(try_)?advisory\w*/i),
  rule('POSTGRES_CATALOG', 'unknown to Snowflake', /\bpg_(?!(try_)?advisory|notify)\w+|\bto_regclass\b|\bobj_description\b/i),
  rule('RANDOM', 'a fraction on PostgreSQL, a whole number on Snowflake: bind it', /\b(RANDOM|GEN_RANDOM_UUID|SETSEED)\s*\(/i),
  rule('SAVEPOINT', 'unknown to Snowflake', /\bSAVEPOINT\b/i),
  rule('LATERAL', 'another meaning on Snowflake', /\bLATERAL\b/i),
  rule(
    'POSTGRES_AGGREGATE',
    'unknown to Snowflake: gather in TypeScript',
    /\b(STRING_AGG|JSONB_\w+|JSON_(?!EXTRACT_PATH_TEXT\b)\w+|BOOL_(AND|OR)|TO_JSONB?|ROW_TO_JSON)\s*\(/i,
  ),
  rule('REGEX_OPERATOR', 'unknown to Snowflake', /\s!?~\*?\s/),
  rule('CONCAT', 'NULL makes all of it NULL on Snowflake: ||', /\bCONCAT(_WS)?\s*\(/i),
  rule('GREATEST_OF_NULL', 'NULL makes it NULL on Snowflake: COALESCE each argument', /\b(GREATEST|LEAST)\s*\((?!\s*COALESCE)/i),
  rule('UNTYPED_NULL_TEST', 'PostgreSQL cannot tell its type: CAST(? AS VARCHAR) IS NULL', /\?\s+IS\s+(NOT\s+)?NULL/i),
  rule('IDENTITY', 'counted differently: ids are made by the application', /\bGENERATED\s+(ALWAYS|BY\s+DEFAULT)\b/i),
  rule('CHECK_CONSTRAINT', 'unknown to Snowflake', /\bCHECK\s*\(/i),
  rule('CASCADE', 'hybrid tables have no cascading keys', /\bON\s+(DELETE|UPDATE)\s+(CASCADE|SET)\b/i),
  rule(
    'POSTGRES_OBJECT',
    'belongs to sql/schema/postgres',
    /\bCREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|DOMAIN|TYPE|EXTENSION|TRIGGER|RULE)\b|^\s*DO\b/i,
  ),
  rule('SEPARATE_INDEX', 'hybrid tables declare their indexes inline, others have none', /\bCREATE\s+(UNIQUE\s+)?INDEX\b/i),
  rule('INDEX_WITHOUT_HYBRID', 'only hybrid tables have indexes', /\bCREATE\s+TABLE\b[^;]*,\s*INDEX\s/i),
  rule('SESSION_SETTING', 'sessions are set by the adapters', /^\s*(SET|RESET|SHOW)\s/i),
  {
    ...rule('BACKSLASH', 'an escape on Snowflake, a letter on PostgreSQL: bind it', /'(?:[^']|'')*\\(?:[^']|'')*'|\bE'/),
    seesLiterals: true,
  },
]

/** Without comments. A question mark in a literal or a quoted name is no placeholder. */
const withoutComments = (sql: string): string =>
  sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, part => (part.startsWith("'") ? part : ' '))
const withoutLiterals = (sql: string): string => sql.replace(/'(?:[^']|'')*'/g, "''")

/** The names of the rules that a statement, or a part of one, breaks. */
export const unportableIn = (sql: string): string[] => {
  const whole = withoutComments(sql)
  const blank = withoutLiterals(whole)
  return PORTABLE_RULES.filter(({ pattern, seesLiterals }) => pattern.test(seesLiterals ? whole : blank)).map(({ name }) => name)
}

/** Every string of a source is held to the rules: statements are put together from parts. */
export const unportableStrings = (path: string, text: string): string[] =>
  listStrings(path, text).flatMap(string =>
    unportableIn(string.text).map(name => `${path}:${string.line} ${name}: ${PORTABLE_RULES.find(one => one.name === name)?.because}`),
  )
