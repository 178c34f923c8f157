import { Buffer } from 'node:buffer'
import type { BindValue } from '../engines/engine.ts'

const LONGEST_VALUE = 200
const LONGEST_PLAN = 20_000
/** Half a character, such as a cut leaves behind: not text for JSON. */
const LONE_SURROGATE = /\p{Surrogate}/gu

const cut = (text: string, longest: number): string =>
  (text.length > longest ? `${text.slice(0, longest)}…` : text).replace(LONE_SURROGATE, '\uFFFD')

/** A value for a person to read: bytes in hexadecimal, long ones cut. Null stays null. */
export const shownValue = (value: BindValue): string | null => {
  if (value === null) return null
  return cut(Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value), LONGEST_VALUE)
}

/** A plan for a person to read: nobody reads one to its end that is longer. */
export const planText = (plan: string): string => cut(plan, LONGEST_PLAN)
