import type { RunPosition, RunSort } from '@flakebench/store'
import { Refusal } from '../../refusal.ts'

/** The place of a run in a sorted list, as a client sends it back: opaque to it, and of this sort only. */
export const toRunCursor = ({ field, direction }: RunSort, { value, id }: RunPosition): string =>
  Buffer.from(JSON.stringify([field, direction, value, id])).toString('base64url')

const refuse = (message: string): never => {
  throw new Refusal('VALIDATION_FAILED', message, [{ path: 'after', message }])
}

/** @throws Refusal for what is no cursor, or one of another sort */
export const readRunCursor = (cursor: string, sort: RunSort): RunPosition => {
  const parts = parse(cursor)
  if (!Array.isArray(parts) || parts.length !== 4) return refuse('after is no cursor of a list of runs: take endCursor of the page before')
  const [field, direction, value, id] = parts as unknown[]
  if (field !== sort.field || direction !== sort.direction) {
    return refuse('after is a cursor of another sort: begin again without it, or sort as before')
  }
  const isValue = value === null || typeof value === 'number' || (typeof value === 'string' && !value.includes('\0'))
  if (!isValue || typeof id !== 'string' || !/^\w{1,26}$/.test(id)) {
    return refuse('after is no cursor of a list of runs: take endCursor of the page before')
  }
  return { value, id }
}

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}
