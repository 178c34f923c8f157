/** One statement is told from another by what is left when comments, spaces and constants are taken away: the server replaces constants by `$n`. */
const TOKENS = new RegExp(
  [
    String.raw`(?<gap>\s+|--[^\n]*|/\*[\s\S]*?\*/)`,
    '(?<quoted>"(?:[^"]|"")*")',
    String.raw`(?<constant>(?:[eEbBxXnN]|[uU]&)?'(?:[^'\\]|''|\\.)*'|\$\d+|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|\?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
    String.raw`(?<symbol>[\s\S])`,
  ].join('|'),
  'gu',
)

const CONSTANT_WORDS = new Set(['TRUE', 'FALSE', 'NULL'])
/** After these a minus is a sign, and part of the constant. */
const BEFORE_A_SIGN = /^(?:[-+*/%<>=(,|[]|AND|OR|BETWEEN|LIMIT|OFFSET|THEN|ELSE|WHEN|SELECT|VALUES|RETURNING|BY)$/

/**
 * What two texts of the same statement have in common, whichever constants and comments they have: as a worker sends it, and as the server keeps it.
 * A list of constants counts as one, as PostgreSQL 18 writes it.
 */
export const statementShape = (sql: string): string => {
  const shape: string[] = []
  for (const { groups = {} } of sql.matchAll(TOKENS)) {
    if (groups['gap'] !== undefined) continue
    const word = groups['word']?.toUpperCase()
    if (groups['constant'] !== undefined || (word !== undefined && CONSTANT_WORDS.has(word))) addConstant(shape)
    else shape.push(groups['quoted'] ?? word ?? (groups['symbol'] as string))
  }
  if (shape.at(-1) === ';') shape.pop()
  return shape.join(' ')
}

const addConstant = (shape: string[]): void => {
  if (shape.at(-1) === '-' && (shape.length === 1 || BEFORE_A_SIGN.test(shape.at(-2) as string))) shape.pop()
  if (shape.at(-1) === ',' && shape.at(-2) === '?') shape.pop()
  else shape.push('?')
}
