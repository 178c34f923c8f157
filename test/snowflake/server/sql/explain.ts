import { rewriteDefinition } from './define.ts'
import { isWord } from './nodes.ts'
import { rewriteQuery } from './query.ts'
import { rewriteDml } from './translate.ts'
import { STATEMENT_TYPE, type Translation } from './translation.ts'
import { NO_SCOPE, startWork, type Work } from './work.ts'

/** EXPLAIN [USING TEXT | JSON | TABULAR] of a statement, whose binds need no values: they are planned as NULL. */
export const explain = (outer: Work): Translation => {
  const { sql, nodes } = outer.statement
  const hasFormat = isWord(nodes[1], 'USING')
  const format = isWord(nodes[2], 'JSON') && hasFormat ? 'JSON' : 'TEXT'
  const inner = nodes.slice(hasFormat ? 3 : 1)
  const work = startWork({ sql, nodes: inner }, outer.session, true)
  const steps = isWord(inner[0], 'INSERT', 'UPDATE', 'DELETE', 'MERGE')
    ? rewriteDml(work).steps
    : isWord(inner[0], 'SELECT', 'WITH')
      ? [rewriteQuery(inner, work, NO_SCOPE)]
      : rewriteDefinition(work).steps.slice(0, 1)
  return {
    type: 'POSTGRES',
    steps: [`EXPLAIN (FORMAT ${format}) ${steps.at(-1)}`],
    answer: 'ROWS',
    statementTypeId: STATEMENT_TYPE.SELECT,
    writes: [],
    reads: work.reads,
  }
}
