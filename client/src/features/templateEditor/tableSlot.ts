const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A statement with `{table}` where it names its table, quoted or not, with its schema and database or without. */
export const withTableSlot = (
  sql: string,
  { database, schema, table }: { readonly database: string | null; readonly schema: string | null; readonly table: string },
): string => {
  const part = (name: string): string => `(?:${escaped(quoted(name))}|\\b${escaped(name)}\\b)`
  const before = [database, schema].map(name => (name === null || name === '' ? '' : `(?:${part(name)}\\.)?`)).join('')
  return sql.replace(new RegExp(`${before}${part(table)}(?!\\.)`), '{table}')
}
