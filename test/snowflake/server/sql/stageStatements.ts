import { completeTable, readName } from './names.ts'
import { isGroup, isName, isSymbol, isWord, type Node, readStatements } from './nodes.ts'
import { syntaxError } from './tokens.ts'
import { type SessionView, SnowflakeError, swapCase, type Translation } from './translation.ts'

const COMMENTS = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/

/** PUT, COPY INTO, LIST, REMOVE: read as text, because paths are no tokens. Null for any other statement. */
export const translateStage = (sql: string, session: SessionView): Translation | null => {
  const text = sql.replace(COMMENTS, '').replace(/[\s;]+$/, '')
  if (/^PUT\s/i.test(text)) return readPut(text)
  if (/^COPY\s+INTO\s/i.test(text)) return readCopy(text, session)
  const other = /^(LIST|LS|REMOVE|RM)\s+'?@([^\s']+)'?/i.exec(text)
  if (other === null) return null
  const { stage, path } = readStage(other[2] as string)
  return { type: /^L/i.test(other[1] as string) ? 'LIST_STAGE' : 'REMOVE_STAGE', stage, path }
}

/** `stage/a/b` or `db.schema.stage/a`: a plain name folded to upper case, the path as it stands. */
const readStage = (text: string): { stage: string; path: string } => {
  const slash = text.indexOf('/')
  const name = slash < 0 ? text : text.slice(0, slash)
  const stage = name.replace(
    /"([^"]*)"|([^".]+)/g,
    (_, quoted: string | undefined, plain: string | undefined) => quoted ?? (plain as string).toUpperCase(),
  )
  return { stage, path: slash < 0 ? '' : text.slice(slash + 1) }
}

const readPut = (text: string): Translation => {
  const match = /^PUT\s+(?:'file:\/\/([^']+)'|file:\/\/(\S+))\s+'?@([^\s']+)'?(.*)$/is.exec(text)
  if (match === null) throw new SnowflakeError('001003', '42000', 'SQL compilation error:\nPUT needs file://… and @stage.')
  const { stage, path } = readStage(match[3] as string)
  return {
    type: 'PUT',
    sources: [(match[1] ?? match[2]) as string],
    stage,
    path,
    autoCompress: !/AUTO_COMPRESS\s*=\s*FALSE/i.test(match[4] ?? ''),
  }
}

/** `FROM @stage/path`, or a query that selects columns of the files, in any order. */
const FROM_STAGE = /\bFROM\s+'?@([^\s']+)'?/i
const FROM_QUERY = /\bFROM\s*\(\s*SELECT\s+(\$\d+(?:\s*,\s*\$\d+)*)\s+FROM\s+'?@([^\s')]+)'?\s*\)/i

const readCopy = (text: string, session: SessionView): Translation => {
  if (/^COPY\s+INTO\s+'?@/i.test(text))
    throw new SnowflakeError('000002', '0A000', 'COPY INTO a stage is not supported by this test server.')
  const query = FROM_QUERY.exec(text)
  const from = query ?? FROM_STAGE.exec(text)
  if (from === null || (query === null && /\bFROM\s*\(/i.test(text)))
    throw new SnowflakeError(
      '000002',
      '0A000',
      'COPY INTO is supported by this test server FROM @stage, or from a query of its plain columns.',
    )
  const head = readStatements(text.slice(0, from.index))[0]?.nodes ?? []
  const { parts, next } = readName(text, head, 2)
  const columns = head[next]
  const options = readOptions(readStatements(text.slice(from.index + from[0].length))[0]?.nodes ?? [], text)
  const { stage, path } = readStage(from.at(-1) as string)
  // Options of the copy itself, as FORCE and MATCH_BY_COLUMN_NAME, go along with the format's.
  const { ON_ERROR: onError = 'ABORT_STATEMENT', PURGE: purge, ...others } = options.values
  return {
    type: 'COPY',
    table: completeTable(session, parts),
    columns: isGroup(columns) ? columns.nodes.flatMap(node => (isName(node) ? [swapCase(node.value)] : [])) : null,
    selected: query === null ? null : [...(query[1] as string).matchAll(/\d+/g)].map(([digits]) => Number(digits) - 1),
    stage,
    path,
    format: { ...options.format, ...others },
    onError,
    purge: purge === 'TRUE',
  }
}

/** `NAME = value` and `FILE_FORMAT = ( … )`, values as text. */
const readOptions = (nodes: readonly Node[], sql: string): { values: Record<string, string>; format: Record<string, string> } => {
  const values: Record<string, string> = {}
  let format: Record<string, string> = {}
  for (let i = 0; i < nodes.length; ) {
    const name = nodes[i]
    const value = nodes[i + 2]
    if (isSymbol(name, ',')) {
      i += 1
      continue
    }
    if (!isWord(name) || !isSymbol(nodes[i + 1], '=') || value === undefined) throw syntaxError(sql, name?.at ?? 0, 'COPY')
    const key = (name as { value: string }).value
    if (isGroup(value)) {
      if (key === 'FILE_FORMAT') format = readOptions(value.nodes, sql).values
      else values[key] = value.nodes.flatMap(node => (node.type === 'string' ? [node.value] : [])).join(',')
    } else values[key] = value.value
    i += 3
  }
  return { values, format }
}
