const MOST_CONNECTIONS = 100_000

/** Why the text is no number of connections; null where it is one. */
export const targetProblem = (text: string): string | null => {
  const trimmed = text.trim()
  if (!/^\d+$/.test(trimmed)) return 'Give a whole number of connections.'
  const connections = Number(trimmed)
  return connections > MOST_CONNECTIONS ? 'At most 100,000 connections.' : null
}
