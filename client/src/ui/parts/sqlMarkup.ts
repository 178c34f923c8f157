import { highlightCode } from '@lezer/highlight'
import { type DialectName, SQL_DIALECTS } from './sqlDialects.ts'
import { sqlHighlighter } from './sqlLooks.ts'

export interface SqlPiece {
  readonly text: string
  readonly classes: string
}

/** A statement in pieces, each with the classes of its look. */
export const sqlPieces = (sql: string, dialect: DialectName): readonly SqlPiece[] => {
  const pieces: SqlPiece[] = []
  highlightCode(
    sql,
    SQL_DIALECTS[dialect].language.parser.parse(sql),
    sqlHighlighter,
    (text, classes) => pieces.push({ text, classes }),
    () => pieces.push({ text: '\n', classes: '' }),
  )
  return pieces
}
