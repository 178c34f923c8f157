/** What is wrong with a value that came from elsewhere, in words that begin with where it is; null: it is as it should be. */
export type Check = (value: unknown, at: string) => string | null

export const must =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at) =>
    holds(value) ? null : `${at} must be ${what}`

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
export const TEXT = must('text', value => typeof value === 'string')
export const NUMBER = must('a number', isNumber)
export const COUNT = must('a whole number from 0', value => Number.isSafeInteger(value) && (value as number) >= 0)
export const FLAG = must('true or false', value => typeof value === 'boolean')
export const oneOf = (words: readonly string[]): Check => must(`one of ${words.join(', ')}`, value => words.includes(value as string))
export const orNull =
  (check: Check): Check =>
  (value, at) =>
    value === null ? null : check(value, at)
/** As `orNull`, and it may be left out. */
export const orNone =
  (check: Check): Check =>
  (value, at) =>
    value === null || value === undefined ? null : check(value, at)

export const listOf =
  (check: Check, most = Number.POSITIVE_INFINITY): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return `${at} must be a list`
    if (value.length > most) return `${at} must have at most ${most} members`
    for (const [i, one] of value.entries()) {
      const fault = check(one, `${at}[${i}]`)
      if (fault !== null) return fault
    }
    return null
  }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields that are not named may be anything. */
export const objectOf =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value)) return `${at} must be an object`
    for (const [name, check] of Object.entries(fields)) {
      const fault = check(value[name], `${at}.${name}`)
      if (fault !== null) return fault
    }
    return null
  }

/** An object of any names, all of whose values are alike. */
export const recordOf =
  (check: Check): Check =>
  (value, at) => {
    if (!isObject(value)) return `${at} must be an object`
    for (const [name, one] of Object.entries(value)) {
      const fault = check(one, `${at}.${name.slice(0, 40)}`)
      if (fault !== null) return fault
    }
    return null
  }
