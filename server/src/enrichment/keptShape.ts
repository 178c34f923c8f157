import { createHash } from 'node:crypto'
import { RUN_MARK } from '@flakebench/store'
import { statementShape } from '../decide/enrichment/statementShape.ts'

/** What is sent in runs, or bears their mark. Of anything else (`CREATE ROLE … PASSWORD`) a server may keep the constants, and nothing of it is taken. */
const IS_SENT_IN_RUNS = /^(?:\( )*(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH)\b/

/** A statement's shape as it is kept: it can be compared, and not read. */
export const shapeDigest = (shape: string): string => createHash('sha256').update(shape).digest('base64url')

/** As what a statement in pg_stat_statements is kept; null: it is not. @param own shapes of the run's statements; null: not known yet */
export const keptShape = (text: string, own: ReadonlySet<string> | null): string | null => {
  const shape = statementShape(text)
  if (!IS_SENT_IN_RUNS.test(shape) && !text.includes(RUN_MARK)) return null
  return own === null || own.has(shape) ? shapeDigest(shape) : null
}
