import { randomBytes } from 'node:crypto'
import { formatUlid } from '@flakebench/contract'

let lastMs = 0

/** A fresh id for a row: a ULID that sorts after every other that this process has made, also in the same millisecond. */
export const newId = (): string => {
  lastMs = Math.max(Date.now(), lastMs + 1)
  return formatUlid(lastMs, randomBytes(16))
}
