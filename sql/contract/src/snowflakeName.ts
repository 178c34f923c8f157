/** A name of Snowflake as it is kept there: in upper case, or as it stands between double quotes, where a doubled one is one. */
export const foldName = (name: string): string => {
  const trimmed = name.trim()
  return /^".*"$/s.test(trimmed) && trimmed.length > 2 ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed.toUpperCase()
}
