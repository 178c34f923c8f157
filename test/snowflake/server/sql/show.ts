import { quoteText, readName } from './names.ts'
import { hasWords, isName, isWord, type Node, type Statement } from './nodes.ts'
import { SHOWN, type ShownList } from './showLists.ts'
import { syntaxError } from './tokens.ts'
import { type SessionView, SnowflakeError, STATEMENT_TYPE, type Translation } from './translation.ts'

/** SHOW … and DESCRIBE TABLE; null for any other statement. */
export const translateShow = (statement: Statement, session: SessionView): Translation | null => {
  const { sql, nodes } = statement
  const isDescribe = isWord(nodes[0], 'DESCRIBE', 'DESC')
  if (!isDescribe && !isWord(nodes[0], 'SHOW')) return null
  if (isDescribe) return describe(statement, session)
  const at = isWord(nodes[1], 'TERSE') ? 2 : 1
  if (isWord(nodes[at], 'PARAMETERS')) return showParameters(nodes, session)
  if (isWord(nodes[at], 'WAREHOUSES')) return { type: 'SHOW_WAREHOUSES', like: likeOf(nodes) }
  const list = SHOWN.find(({ words }) => hasWords(nodes, at, ...words))
  if (list === undefined) {
    if (isName(nodes[at]))
      throw new SnowflakeError('000002', '0A000', `SHOW ${(nodes[at] as { value: string }).value} is not supported by this test server.`)
    throw syntaxError(sql, nodes[at]?.at ?? sql.length, 'SHOW')
  }
  return ofList(list, statement, at + list.words.length, session)
}

const after = (nodes: readonly Node[], word: string): Node | undefined => nodes[nodes.findIndex(node => isWord(node, word)) + 1]

const likeOf = (nodes: readonly Node[]): string | null => {
  const pattern = after(nodes, 'LIKE')
  return pattern?.type === 'string' && nodes.some(node => isWord(node, 'LIKE')) ? pattern.value : null
}

const rows = (sql: string): Translation => ({
  type: 'POSTGRES',
  steps: [sql],
  answer: 'ROWS',
  statementTypeId: STATEMENT_TYPE.SHOW,
  writes: [],
  reads: [],
  lowerCaseNames: true,
})

const ofList = (list: ShownList, { sql, nodes }: Statement, at: number, session: SessionView): Translation => {
  const conditions: string[] = list.where === undefined ? [] : [list.where]
  const like = likeOf(nodes)
  if (like !== null) conditions.push(`${list.name} ILIKE ${quoteText(like)}`)
  const startsWith = nodes.findIndex((_, i) => hasWords(nodes, i, 'STARTS', 'WITH'))
  const prefix = nodes[startsWith + 2]
  if (startsWith >= 0 && prefix?.type === 'string') conditions.push(`starts_with(${list.name}, ${quoteText(prefix.value)})`)
  conditions.push(...scopeOf(list, nodes, at, sql, session))
  const limit = after(nodes, 'LIMIT')
  const isLimited = nodes.some(node => isWord(node, 'LIMIT')) && limit?.type === 'number'
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return rows(`SELECT ${list.columns} FROM ${list.from}${where} ORDER BY ${list.order}${isLimited ? ` LIMIT ${limit.value}` : ''}`)
}

/** IN ACCOUNT | DATABASE d | SCHEMA d.s | TABLE d.s.t; without it the session's schema, or its database. */
const scopeOf = (list: ShownList, nodes: readonly Node[], at: number, sql: string, session: SessionView): string[] => {
  if (list.parts === 0) return []
  const found = nodes.findIndex((node, i) => i >= at && isWord(node, 'IN', 'FROM'))
  const { database, schema } = session
  const equals = (column: string, value: string | null | undefined) =>
    value === null || value === undefined ? [] : [`${column} = ${quoteText(value)}`]
  if (found < 0) return [...equals('database', database), ...(list.parts > 1 ? equals('schema', schema) : [])]
  const word = nodes[found + 1]
  if (isWord(word, 'ACCOUNT')) return []
  const isNamed =
    isWord(word, 'DATABASE', 'SCHEMA', 'TABLE', 'VIEW') && isName(nodes[found + 2]) && !isWord(nodes[found + 2], 'LIKE', 'STARTS', 'LIMIT')
  const isBare = isWord(word, 'DATABASE', 'SCHEMA') && !isNamed
  if (isBare) return [...equals('database', database), ...(isWord(word, 'SCHEMA') ? equals('schema', schema) : [])]
  const { parts } = readName(sql, nodes, found + (isNamed ? 2 : 1))
  if (isWord(word, 'DATABASE')) return [...equals('database', parts[0]), ...mustBePlace(parts[0], null)]
  const isTable = isWord(word, 'TABLE', 'VIEW') || (list.isOfTable === true && !isWord(word, 'SCHEMA'))
  if (isTable) {
    return [
      ...equals('database', parts.at(-3) ?? database),
      ...equals('schema', parts.at(-2) ?? schema),
      ...equals('table_name', parts.at(-1)),
    ]
  }
  if (list.parts === 1) return [...equals('database', parts[0]), ...mustBePlace(parts[0], null)]
  if (parts.length === 1 && !isWord(word, 'SCHEMA')) return equals('schema', parts[0]).concat(equals('database', database))
  const place = parts.at(-2) ?? database
  return [...equals('database', place), ...equals('schema', parts.at(-1)), ...mustBePlace(place, parts.at(-1) ?? null)]
}

/** Looked up once, before any row: also where nothing would be listed. */
const mustBePlace = (database: string | null | undefined, schema: string | null): string[] =>
  database == null
    ? []
    : [`(SELECT flakebench_wire.must_be_place(${quoteText(database)}, ${schema === null ? 'NULL' : quoteText(schema)}))`]

const describe = ({ sql, nodes }: Statement, session: SessionView): Translation => {
  if (!isWord(nodes[1], 'TABLE', 'VIEW'))
    throw new SnowflakeError('000002', '0A000', 'DESCRIBE is supported by this test server for tables and views only.')
  const { parts } = readName(sql, nodes, 2)
  const [table, schema, database] = [parts.at(-1) as string, parts.at(-2) ?? session.schema, parts.at(-3) ?? session.database]
  if (schema === null || database === null)
    throw new SnowflakeError('090105', '22000', 'Cannot perform DESCRIBE. This session does not have a current database.')
  return rows(
    `SELECT column_name AS name, ${TYPE_TEXT} AS type, 'COLUMN' AS kind, CASE WHEN is_nullable THEN 'Y' ELSE 'N' END AS "null?",
       CASE WHEN is_identity THEN 'IDENTITY START 1 INCREMENT 1 NOORDER' ELSE default_text END AS "default", CASE WHEN is_primary THEN 'Y' ELSE 'N' END AS "primary key",
       CASE WHEN is_unique THEN 'Y' ELSE 'N' END AS "unique key", NULL::text AS "check", NULL::text AS expression, NULL::text AS comment, NULL::text AS "policy name"
     FROM flakebench_wire.must_exist(${[database, schema, table].map(quoteText).join(', ')}) AS found JOIN flakebench_wire.shown_columns c ON c.oid = found ORDER BY position`,
  )
}

/** The type as DESCRIBE writes it. */
const TYPE_TEXT = `CASE WHEN family = 'NUMBER' THEN 'NUMBER(' || precision || ',' || scale || ')' WHEN family = 'TEXT' THEN 'VARCHAR(' || length || ')'
  WHEN family = 'BINARY' THEN 'BINARY(' || length || ')' WHEN family LIKE 'TIME%' THEN family || '(9)' ELSE family END`

const showParameters = (nodes: readonly Node[], session: SessionView): Translation => {
  const like = likeOf(nodes)
  const pattern =
    like === null
      ? null
      : new RegExp(
          `^${like
            .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
            .replaceAll('%', '.*')
            .replaceAll('_', '.')}$`,
          'i',
        )
  return {
    type: 'ANSWER',
    columns: ['key', 'value', 'default', 'level', 'description', 'type'].map(name => ({ name, type: 'text' as const })),
    rows: [...session.parameters]
      .filter(([name]) => pattern === null || pattern.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [
        name,
        value,
        '',
        'SESSION',
        '',
        /^\d+$/.test(value) ? 'NUMBER' : /^(?:true|false)$/i.test(value) ? 'BOOLEAN' : 'STRING',
      ]),
  }
}
