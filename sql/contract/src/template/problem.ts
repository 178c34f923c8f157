/** One thing that is wrong with what was sent, and what to do about it. */
export interface Problem {
  /** Dotted path of the field, e.g. `load.durationSeconds`, `operations.generic.0.sql`; empty for the whole. */
  readonly path: string
  /** A plain sentence that names the field, the value given and what is allowed. */
  readonly message: string
}

/**
 * What a rule over several fields found. It holds only if every field in `reads` could be read; a field that could not has a problem of its own.
 * The message is complete: it names its fields itself.
 */
export interface Finding extends Problem {
  readonly reads: readonly string[]
}

/** A value as a person would recognise it, short enough for a message. */
export const quoteValue = (value: unknown): string => {
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 57)}…"` : `"${value}"`
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return String(value)
}

/** `1 worker`, `2 workers`. */
export const countOf = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`
