import { z } from 'zod'
import { quoteValue } from './problem.ts'

/**
 * Put in the place of a value that could not be read, so that the rest can be: every field takes it and stands in for it with something harmless.
 * Nothing that holds a stand-in ever leaves the validation.
 */
export const UNREADABLE = Symbol('unreadable')

export type Field<T> = z.ZodType<T>

type Refuse = (message: string) => never

/** A field read by one function: `given` is never undefined (left out and null mean the same); messages continue the field's path. */
const field = <T>(standIn: T, read: (given: unknown, refuse: Refuse) => T): Field<T> =>
  z
    .unknown()
    .optional()
    .transform((given, context): T => {
      if (given === UNREADABLE) return standIn
      return read(given ?? null, message => {
        context.issues.push({ code: 'custom', message, input: given })
        return z.NEVER
      })
    })

export interface Range {
  /** Smallest value allowed. */
  readonly min?: number
  /** The value must be larger than this. */
  readonly above?: number
  readonly max?: number
  readonly unit?: string
}

const describeRange = ({ min, above, max, unit }: Range): string => {
  const tail = unit === undefined ? '' : ` ${unit}`
  if (min !== undefined) return max === undefined ? `at least ${min}${tail}` : `from ${min} to ${max}${tail}`
  return `above ${above}${max === undefined ? '' : ` and at most ${max}`}${tail}`
}

const isWithin = (value: number, { min, above, max }: Range): boolean =>
  (min === undefined || value >= min) && (above === undefined || value > above) && (max === undefined || value <= max)

const readNumber = (given: unknown, range: Range, decimals: number, refuse: Refuse): number => {
  if (typeof given !== 'number' || !Number.isFinite(given)) return refuse(`must be a number; it is ${quoteValue(given)}`)
  if (!isWithin(given, range)) return refuse(`must be ${describeRange(range)}; it is ${given}`)
  if (Number.isInteger(given)) return given
  const scaled = given * 10 ** decimals
  if (Math.abs(scaled - Math.round(scaled)) > 1e-6) {
    return refuse(decimals === 0 ? `must be a whole number; it is ${given}` : `must have at most ${decimals} decimals; it is ${given}`)
  }
  return Math.round(scaled) / 10 ** decimals
}

const standInFor = ({ min, above }: Range): number => min ?? (above ?? 0) + 1

/** A whole number; `fallback` when it is left out. */
export const whole = <D extends number | null>(fallback: D, range: Range): Field<number | D> =>
  field<number | D>(fallback ?? standInFor(range), (given, refuse) => (given === null ? fallback : readNumber(given, range, 0, refuse)))

/** A number with at most `decimals` decimals; `fallback` when it is left out. */
export const decimal = <D extends number | null>(fallback: D, range: Range, decimals = 6): Field<number | D> =>
  field<number | D>(fallback ?? standInFor(range), (given, refuse) =>
    given === null ? fallback : readNumber(given, range, decimals, refuse),
  )

/** Whether a number has become another one where it was read: beyond these, whole numbers have no room of their own. */
const isRounded = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)

const readAnyNumber = (given: unknown, isExact: boolean, refuse: Refuse): number => {
  if (typeof given !== 'number' || !Number.isFinite(given)) return refuse(`must be a number; it is ${quoteValue(given)}`)
  if (isExact && isRounded(given))
    return refuse(`must be from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}: others cannot be kept exactly`)
  return given
}

/** Any finite number; null when it is left out. @param isExact whole numbers that may have been rounded are refused */
export const anyNumber = (isExact = true): Field<number | null> =>
  field<number | null>(0, (given, refuse) => (given === null ? null : readAnyNumber(given, isExact, refuse)))

/** A number that must be there; a member of a list. */
export const finite = (isExact = true): Field<number> => field(0, (given, refuse) => readAnyNumber(given, isExact, refuse))

const orNoLimit =
  (refuse: Refuse): Refuse =>
  message =>
    refuse(`${message}; -1 means no limit`)

/** A whole number that limits something; left out, null and -1 mean no limit. */
export const limit = (range: Range): Field<number | null> =>
  field<number | null>(null, (given, refuse) => (given === null || given === -1 ? null : readNumber(given, range, 0, orNoLimit(refuse))))

/** As `limit` where null means that a limit stays as it is: -1 for no limit is handed on. */
export const limitOrKeep = (range: Range): Field<number | null> =>
  field<number | null>(null, (given, refuse) => (given === null || given === -1 ? given : readNumber(given, range, 0, orNoLimit(refuse))))

/** A bound that figures must keep; left out, null, blank and -1 mean not bounded. */
export const bound = (range: Range): Field<number | null> =>
  field<number | null>(null, (given, refuse) =>
    given === null || given === -1 || given === '' ? null : readNumber(given, range, 6, refuse),
  )

/** Neither engine keeps them in a text. */
const UNKEEPABLE = /\0|\p{Surrogate}/u

const readText = (given: unknown, longest: number, refuse: Refuse, trim = true): string => {
  if (typeof given !== 'string') return refuse(`must be a text; it is ${quoteValue(given)}`)
  if (UNKEEPABLE.test(given)) return refuse('must not hold the character NUL, nor half of a character: take it out')
  // Of nothing but blanks is left out, whatever may be around a text.
  const text = trim || given.trim() === '' ? given.trim() : given
  if (text.length > longest) return refuse(`must have at most ${longest} characters; it has ${text.length}`)
  return text
}

/** A text that must be there, without the blanks around it. */
export const requiredText = (longest: number): Field<string> =>
  field('-', (given, refuse) => {
    const text = given === null ? '' : readText(given, longest, refuse)
    return text === '' ? refuse(`must be given (1 to ${longest} characters)`) : text
  })

/** A text without the blanks around it; `fallback` when it is left out or blank. */
export const text = <D extends string | null>(fallback: D, longest: number): Field<string | D> =>
  field<string | D>(fallback, (given, refuse) => (given === null ? fallback : readText(given, longest, refuse) || fallback))

/** The name of something in a database, which may begin or end with blanks; `fallback` when it is left out or blank. */
export const identifier = <D extends string | null>(fallback: D, longest: number): Field<string | D> =>
  field<string | D>(fallback, (given, refuse) => (given === null ? fallback : readText(given, longest, refuse, false) || fallback))

/** Such a name that must be there. */
export const requiredIdentifier = (longest: number): Field<string> =>
  field('-', (given, refuse) => {
    const name = given === null ? '' : readText(given, longest, refuse, false)
    return name === '' ? refuse(`must be given (1 to ${longest} characters)`) : name
  })

const readWord = <W extends string>(given: unknown, words: readonly W[], refuse: Refuse): W =>
  words.find(word => word === given) ??
  refuse(`must be one of ${words.join(', ')}; it is ${given === null ? 'not set' : quoteValue(given)}`)

/** One of a closed set of words; `fallback` when it is left out. */
export const oneOf = <W extends string, D extends W | null>(words: readonly W[], fallback: D): Field<W | D> =>
  field<W | D>(fallback, (given, refuse) => (given === null ? fallback : readWord(given, words, refuse)))

/** One of a closed set of words that must be given. */
export const requiredOneOf = <W extends string>(words: readonly W[]): Field<W> =>
  field(words[0] as W, (given, refuse) => readWord(given, words, refuse))

export const flag = <D extends boolean | null>(fallback: D): Field<boolean | D> =>
  field<boolean | D>(fallback, (given, refuse) =>
    given === null ? fallback : typeof given === 'boolean' ? given : refuse(`must be true or false; it is ${quoteValue(given)}`),
  )

/** A text, a finite number, true, false or null: what can be bound to a placeholder. @param isExact as for `anyNumber` */
export const scalar = (isExact = true): Field<string | number | boolean | null> =>
  field<string | number | boolean | null>(null, (given, refuse) => {
    if (typeof given === 'string' && UNKEEPABLE.test(given))
      return refuse('must not hold the character NUL, nor half of a character: take it out')
    if (isExact && isRounded(given)) return refuse('must be written in quotes: whole numbers above 2^53 cannot be kept exactly')
    return given === null ||
      typeof given === 'string' ||
      typeof given === 'boolean' ||
      (typeof given === 'number' && Number.isFinite(given))
      ? given
      : refuse(`must be a text, a number, true, false or null; it is ${quoteValue(given)}`)
  })

/** Fields under one name; left out means that all of them are. A field that is not named here is refused. */
export const section = <S extends z.core.$ZodLooseShape>(shape: S) =>
  field<unknown>({}, (given, refuse) => {
    if (given === null) return {}
    return typeof given === 'object' && !Array.isArray(given) ? given : refuse(`must be an object; it is ${quoteValue(given)}`)
  }).pipe(z.strictObject(shape))

const readList = (given: unknown, most: number, refuse: Refuse): unknown => {
  if (given === null) return null
  if (!Array.isArray(given)) return refuse(`must be a list; it is ${quoteValue(given)}`)
  return given.length <= most ? given : refuse(`must have at most ${most} entries; it has ${given.length}`)
}

/** A list of at most `most` entries, empty when it is left out. */
export const list = <T>(item: Field<T>, most: number): Field<readonly T[]> =>
  field<unknown>([], (given, refuse) => readList(given, most, refuse) ?? []).pipe(z.array(item))

/** A list of at most `most` entries; null when it is left out. */
export const listOrNull = <T>(item: Field<T>, most: number): Field<readonly T[] | null> =>
  field<unknown>(null, (given, refuse) => readList(given, most, refuse)).pipe(z.array(item).nullable())
