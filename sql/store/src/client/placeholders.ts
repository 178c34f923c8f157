/** A string, quoted name, comment or dollar-quoted body, in which a question mark is just text; or a placeholder. */
const TOKENS = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|\?/g

/** Turns `?` placeholders into PostgreSQL's `$1`, `$2`, … */
export const numberPlaceholders = (sql: string): string => {
  let n = 0
  return sql.replace(TOKENS, token => {
    if (token !== '?') return token
    n += 1
    return `$${n}`
  })
}
