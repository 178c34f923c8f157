import { rewriteDefinition } from './define.ts'
import { type Rewritten, rewriteDelete, rewriteInsert, rewriteMerge, rewriteUpdate } from './dml.ts'
import { explain } from './explain.ts'
import { refuseLock, waitOf } from './forUpdate.ts'
import { isWord, type Node, readStatements, type Statement } from './nodes.ts'
import { rewriteQuery } from './query.ts'
import { HISTORY_COLUMNS, HISTORY_TABLE } from './queryHistory.ts'
import { translateSession } from './sessionStatements.ts'
import { translateShow } from './show.ts'
import { translateStage } from './stageStatements.ts'
import { refuse, refuseUnreadable } from './strictRules.ts'
import { readTokens } from './tokens.ts'
import { type SessionView, SnowflakeError, STATEMENT_TYPE, type Translation } from './translation.ts'
import { readWait } from './wait.ts'
import { NO_SCOPE, startWork, type Work } from './work.ts'

/**
 * What a statement of Snowflake's SQL asks of this server. One statement; a semicolon at its end is allowed.
 * @throws {SnowflakeError} for what Snowflake would refuse (when the session is strict) and for what this server does not know
 */
export const translate = (sql: string, session: SessionView): Translation => {
  const stage = translateStage(sql, session)
  if (stage !== null) return stage
  const statements = readStatements(sql)
  const [statement] = statements
  if (statement === undefined) throw new SnowflakeError('000900', '42601', 'SQL compilation error:\nEmpty SQL statement.')
  if (statements.length > 1) {
    refuse({ session }, 'many statements', String(statements.length))
    throw new SnowflakeError('000008', '0A000', `Actual statement count ${statements.length} did not match the desired statement count 1.`)
  }
  return translateStatement(statement, session)
}

/** The statements of a text that has more than one, each as text: for MULTI_STATEMENT_COUNT. */
export const splitStatements = (sql: string): string[] => {
  const parts: string[] = []
  let from = 0
  for (const token of readTokens(sql)) {
    if (token.type !== 'symbol' || token.value !== ';') continue
    parts.push(sql.slice(from, token.at))
    from = token.end
  }
  return [...parts, sql.slice(from)].map(part => part.trim()).filter(part => part !== '' && readTokens(part).length > 0)
}

const translateStatement = (statement: Statement, session: SessionView): Translation => {
  const other = translateSession(statement, session) ?? translateShow(statement, session) ?? readWait(statement)
  if (other !== null) return other
  const work = startWork(statement, session)
  refuseUnreadable(work)
  const [first] = statement.nodes
  if (isWord(first, 'EXPLAIN')) return explain(work)
  if (isWord(first, 'INSERT', 'UPDATE', 'DELETE', 'MERGE')) return ofDml(rewriteDml(work), work)
  if (isQueryStart(first)) return ofQuery(work)
  const definition = rewriteDefinition(work)
  return {
    type: 'POSTGRES',
    steps: definition.steps,
    answer: { status: definition.status },
    statementTypeId: STATEMENT_TYPE.DDL,
    ...(definition.registers === undefined ? {} : { registers: definition.registers }),
    writes: work.writes,
    reads: work.reads,
  }
}

const isQueryStart = (node: Node | undefined): boolean => isWord(node, 'SELECT', 'WITH') || node?.type === 'group'

const DML = { INSERT: rewriteInsert, UPDATE: rewriteUpdate, DELETE: rewriteDelete, MERGE: rewriteMerge } as const

/** INSERT, UPDATE, DELETE or MERGE. */
export const rewriteDml = (work: Work): Rewritten => DML[(work.statement.nodes[0] as { value: keyof typeof DML }).value](work)

const ofDml = (rewritten: Rewritten, work: Work): Translation => ({
  type: 'POSTGRES',
  steps: rewritten.steps,
  answer: rewritten.answer,
  statementTypeId: STATEMENT_TYPE[rewritten.answer],
  writes: work.writes,
  reads: work.reads,
})

const ofQuery = (work: Work): Translation => {
  const { nodes } = work.statement
  const text = rewriteQuery(nodes, work, NO_SCOPE, true)
  if (work.history !== null) {
    return { type: 'QUERY_HISTORY', ...work.history, table: HISTORY_TABLE, columns: HISTORY_COLUMNS, sql: text }
  }
  const locks = refuseLock(work)
  return {
    type: 'POSTGRES',
    steps: [...waitOf(work), text],
    answer: 'ROWS',
    statementTypeId: STATEMENT_TYPE.SELECT,
    writes: locks ? [...work.reads] : [],
    reads: work.reads,
  }
}
