import { describe, expect, it } from 'vitest'
import { decideRetry } from '../../worker/src/control/decideRetry.ts'

describe('a snapshot that cannot be written', () => {
  it('is tried again ever more slowly, and for ever while the control database is away', () => {
    expect([1, 2, 3, 6, 7, 8, 9_999].map(failures => decideRetry(failures, 0))).toEqual([100, 200, 400, 3_200, 5_000, 5_000, 5_000])
  })

  it('is given up when it was refused ten times, however often the database was away in between', () => {
    expect(decideRetry(9, 9)).toBe(5_000)
    expect(decideRetry(10, 10)).toBeNull()
    expect(decideRetry(400, 10)).toBeNull()
  })
})
