/** What may hold a mark that is none: text, quoted names, comments. */
const CLOSED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$/g

/** How many values a statement marks, with ? or $1, $2, …; the server's own reading decides. */
export const placeholderCount = (sql: string): number => {
  const bare = sql.replaceAll(CLOSED, ' ')
  const numbered = [...bare.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits))
  return numbered.length > 0 ? Math.min(100, Math.max(...numbered)) : (bare.match(/\?/g) ?? []).length
}

/** How the n-th value of a statement is marked in it. */
export const placeholderMark = (sql: string, at: number): string =>
  /\$\d/.test(sql.replaceAll(CLOSED, ' ')) ? `$${at + 1}` : `? ${at + 1}`
