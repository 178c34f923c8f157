import type { Problem } from '@flakebench/contract'
import { invalid } from '../refusal.ts'

const MOST_WORDS = 200
const LONGEST_WORD = 1_000
const LARGEST_NUMBER = 1e12
/** The years that both engines read as they are written. */
const FIRST_MOMENT = new Date('1000-01-01T00:00:00Z')
const LAST_MOMENT = new Date('9999-12-31T00:00:00Z')

/**
 * Refuses what no column could be compared with: the engines answer with errors of their own to it, which would look like faults of the server.
 * @throws Refusal with everything that is wrong
 */
export const refuseOddFilter = (filter: object | null | undefined): void => {
  const problems = Object.entries(filter ?? {}).flatMap(([name, value]: [string, unknown]): Problem[] => {
    const path = `filter.${name}`
    const fault = faultOf(value)
    return fault === null ? [] : [{ path, message: `${path} ${fault}` }]
  })
  if (problems.length > 0) throw invalid('The filter', problems)
}

const faultOf = (value: unknown): string | null => {
  if (Array.isArray(value)) {
    if (value.length > MOST_WORDS) return `must have at most ${MOST_WORDS} members; it has ${value.length}`
    return value.map(faultOf).find(fault => fault !== null) ?? null
  }
  if (value instanceof Date) return value >= FIRST_MOMENT && value <= LAST_MOMENT ? null : 'must be a moment from the year 1000 to 9999'
  if (typeof value === 'number') return Math.abs(value) <= LARGEST_NUMBER ? null : `must be from -${LARGEST_NUMBER} to ${LARGEST_NUMBER}`
  if (typeof value !== 'string') return null
  if (value.includes('\0')) return 'must not hold the character NUL'
  return value.length <= LONGEST_WORD ? null : `must have at most ${LONGEST_WORD} characters; it has ${value.length}`
}
