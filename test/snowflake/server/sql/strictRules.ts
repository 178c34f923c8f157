import { hasWords, isGroup, isQuery, isSymbol, isWord, type Node } from './nodes.ts'
import { syntaxError } from './tokens.ts'
import { SnowflakeError } from './translation.ts'
import type { Work } from './work.ts'

/** Something that Snowflake refuses and this server would otherwise take. */
export interface StrictRule {
  readonly name: string
  readonly code: string
  readonly sqlState: string
  /** `{}` stands for what was found. */
  readonly message: string
  readonly why: string
}

const unsupported = { code: '000002', sqlState: '0A000' }
const compilation = { code: '001003', sqlState: '42000' }

/** The rules that the reader of a statement applies where it meets the thing (see `refuse`). */
export const STRICT_RULES = [
  {
    name: 'limit bind',
    code: '002010',
    sqlState: '2201W',
    message: "SQL compilation error:\nInvalid row count '?' in {} clause",
    why: 'LIMIT and OFFSET take literals only.',
  },
  {
    name: 'unknown function',
    code: '002140',
    sqlState: '42601',
    message: 'SQL compilation error:\nUnknown function {} (or one that this test server does not know)',
    why: 'NOW, GENERATE_SERIES, PG_* and JSONB_* are PostgreSQL’s.',
  },
  {
    name: 'values expression',
    code: '002014',
    sqlState: '22000',
    message: 'SQL compilation error:\nInvalid expression [{}] in VALUES clause',
    why: 'VALUES takes constants and binds; PARSE_JSON needs INSERT … SELECT.',
  },
  {
    name: 'distinct on',
    ...compilation,
    message: "SQL compilation error:\nsyntax error unexpected 'ON' after DISTINCT.",
    why: 'DISTINCT ON is PostgreSQL’s.',
  },
  {
    name: 'skip locked',
    ...compilation,
    message: "SQL compilation error:\nsyntax error unexpected 'SKIP'.",
    why: 'Snowflake has NOWAIT and WAIT n only.',
  },
  {
    name: 'lock outside transaction',
    ...unsupported,
    message: 'SELECT … FOR UPDATE is not supported in an autocommit statement: begin a transaction.',
    why: 'The lock would end with the statement.',
  },
  {
    name: 'lock of other table',
    ...unsupported,
    message: 'SELECT … FOR UPDATE is supported for hybrid tables only; {} is none.',
    why: 'Row locks exist in hybrid tables only.',
  },
  {
    name: 'lock of many',
    ...unsupported,
    message: 'SELECT … FOR UPDATE does not support {}.',
    why: 'It locks rows of one table that are named directly.',
  },
  {
    name: 'sample of rows',
    ...compilation,
    message: 'SQL compilation error:\nSampling a number of rows takes neither a seed nor SYSTEM.',
    why: 'Fixed-size sampling is row by row, unrepeatable.',
  },
  {
    name: 'sample with seed',
    ...compilation,
    message: 'SQL compilation error:\nSampling with a seed is only supported on tables.',
    why: 'Views and subqueries have no blocks to repeat.',
  },
  {
    name: 'index of standard table',
    ...unsupported,
    message: 'Indexes are supported for hybrid tables only; {} is none.',
    why: 'Standard tables have micro-partitions.',
  },
  {
    name: 'hybrid without key',
    code: '391400',
    sqlState: '0A000',
    message: 'Hybrid table {} must have a primary key.',
    why: 'The row store is ordered by it.',
  },
  {
    name: 'hybrid option',
    ...unsupported,
    message: 'Unsupported feature: {} on a hybrid table.',
    why: 'Hybrid tables are permanent and not clustered.',
  },
  {
    name: 'hybrid index type',
    ...unsupported,
    message: 'Unsupported feature: an index or key over column {} of this type.',
    why: 'VARIANT, OBJECT, ARRAY and TIMESTAMP_TZ cannot be indexed.',
  },
  {
    name: 'foreign key null',
    ...unsupported,
    message: 'Foreign key column {} of a hybrid table must be NOT NULL.',
    why: 'Hybrid tables enforce foreign keys without NULL.',
  },
  {
    name: 'write of interactive table',
    ...unsupported,
    message: 'Interactive table {} supports INSERT OVERWRITE only.',
    why: 'Interactive tables are replaced as a whole.',
  },
  {
    name: 'write of dynamic table',
    ...unsupported,
    message: 'Dynamic table {} cannot be changed by DML: it is refreshed from its query.',
    why: 'Its rows come from its query.',
  },
  { name: 'write of view', ...unsupported, message: 'View {} cannot be changed by DML.', why: 'Snowflake’s views are read-only.' },
  {
    name: 'two databases',
    ...unsupported,
    message: 'A transaction may change hybrid tables of one database only: {}.',
    why: 'Each database has a row store of its own.',
  },
  {
    name: 'many statements',
    code: '000008',
    sqlState: '0A000',
    message: 'Actual statement count {} did not match the desired statement count 1.',
    why: 'MULTI_STATEMENT_COUNT is 1 unless set.',
  },
  {
    name: 'no such view',
    code: '002003',
    sqlState: '42S02',
    message: "SQL compilation error:\nObject '{}' does not exist or not authorized.",
    why: 'INFORMATION_SCHEMA.KEY_COLUMN_USAGE and others are not Snowflake’s.',
  },
] as const satisfies readonly StrictRule[]

export type StrictRuleName = (typeof STRICT_RULES)[number]['name']

/** @throws in strict mode, in the words of the rule */
export const refuse = (work: { readonly session: { readonly strict: boolean } }, name: StrictRuleName, found: string): void => {
  if (!work.session.strict) return
  const rule = STRICT_RULES.find(candidate => candidate.name === name) as StrictRule
  throw new SnowflakeError(rule.code, rule.sqlState, rule.message.replace('{}', found))
}

/** What Snowflake cannot even read: met anywhere in a statement. */
export interface UnreadableRule {
  readonly name: string
  readonly why: string
  readonly finds: (nodes: readonly Node[], i: number, sql: string) => boolean
}

const POSTGRES_OPERATORS = ['->>', '->', '@>', '<@', '#>', '#>>', '~', '!~', '~~', '!~~']

export const UNREADABLE: readonly UnreadableRule[] = [
  { name: 'returning', why: 'Snowflake’s DML returns counts only.', finds: (nodes, i) => isWord(nodes[i], 'RETURNING') },
  { name: 'on conflict', why: 'MERGE is Snowflake’s way.', finds: (nodes, i) => hasWords(nodes, i, 'ON', 'CONFLICT') },
  {
    name: 'position placeholder',
    why: 'Binds are ? or :1; $1 is a column of a stage file.',
    finds: (nodes, i) => nodes[i]?.type === 'position',
  },
  {
    name: 'postgres operator',
    why: 'JSON is read by paths, patterns by LIKE and RLIKE.',
    finds: (nodes, i) => isSymbol(nodes[i], ...POSTGRES_OPERATORS),
  },
  {
    name: 'filter',
    why: 'Aggregates take no FILTER; use IFF or CASE.',
    finds: (nodes, i) => isWord(nodes[i], 'FILTER') && isGroup(nodes[i + 1]) && isGroup(nodes[i - 1]),
  },
  {
    name: 'array brackets',
    why: 'Arrays are […] or ARRAY_CONSTRUCT.',
    finds: (nodes, i) => isWord(nodes[i], 'ARRAY') && isGroup(nodes[i + 1], '['),
  },
  {
    name: 'any of an array',
    why: 'ANY takes a subquery.',
    finds: (nodes, i) =>
      isWord(nodes[i], 'ANY') &&
      !isWord(nodes[i - 1], 'LIKE', 'ILIKE') &&
      isGroup(nodes[i + 1]) &&
      !isQuery((nodes[i + 1] as { nodes: readonly Node[] }).nodes),
  },
  {
    name: 'E string',
    why: 'Backslash escapes need no E.',
    finds: (nodes, i) => isWord(nodes[i], 'E') && nodes[i + 1]?.type === 'string' && nodes[i + 1]?.at === nodes[i]?.end,
  },
]

/** @throws for the first thing in a statement that Snowflake cannot read */
export const refuseUnreadable = (work: Work, nodes: readonly Node[] = work.statement.nodes): void => {
  if (!work.session.strict) return
  for (const [i, node] of nodes.entries()) {
    if (node.type === 'group') refuseUnreadable(work, node.nodes)
    else if (!isSymbol(nodes[i - 1], '.') && UNREADABLE.some(rule => rule.finds(nodes, i, work.statement.sql))) {
      throw syntaxError(work.statement.sql, node.at, work.statement.sql.slice(node.at, node.end))
    }
  }
}
