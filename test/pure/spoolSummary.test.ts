import { addSummaries, type Execution, MOST_ERROR_GROUPS, OTHER_ERRORS, type SpoolSummary, startSummary } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { sampleExecution } from '../kit/sampleExecution.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

const summaryOf = (executions: readonly Execution[]): SpoolSummary => {
  const open = startSummary()
  open.add(executions)
  return open.summary()
}

const failed = (number: number, error: string, change: Partial<Execution> = {}): Execution =>
  sampleExecution(number, { success: false, errorCategory: 'CONSTRAINT', error, ...change })

const many = (count: number): Execution[] =>
  Array.from({ length: count }, (_, i) => failed(i, `relation "t${'x'.repeat(i % 50)}_${Math.floor(i / 50)}" does not exist`))

describe('a summary', () => {
  it('counts by phase, label and whether they are in the figures', () => {
    const { counts } = summaryOf([
      sampleExecution(0, { phase: 'WARMUP' }),
      sampleExecution(1),
      failed(2, 'x'),
      sampleExecution(3, { counted: false }),
      sampleExecution(4, { label: 'other' }),
    ])
    expect(counts).toEqual([
      { phase: 'MEASUREMENT', counted: false, label: 'point lookup', executions: 1, failed: 0 },
      { phase: 'MEASUREMENT', counted: true, label: 'other', executions: 1, failed: 0 },
      { phase: 'MEASUREMENT', counted: true, label: 'point lookup', executions: 2, failed: 1 },
      { phase: 'WARMUP', counted: true, label: 'point lookup', executions: 1, failed: 0 },
    ])
  })

  it('groups failures whose messages differ by values alone, and says where and when', () => {
    const { errors } = summaryOf([
      failed(0, 'Key (id)=(1) already exists.'),
      failed(9, 'Key (id)=(2) already exists.', { label: 'other' }),
      failed(5, 'Key (id)=(3) already exists.', { workerId: 'worker-1' }),
    ])
    expect(errors).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        category: 'CONSTRAINT',
        message: 'Key (id)=(?) already exists.',
        sample: 'Key (id)=(1) already exists.',
        count: 3,
        byLabel: { 'point lookup': 2, other: 1 },
        byWorker: { 'worker-0': 2, 'worker-1': 1 },
        firstMs: 0.5,
        lastMs: 5,
      },
    ])
  })

  it('gives each failure the id of its group, and leaves the others as they are', () => {
    const open = startSummary()
    const [good, bad] = open.add([sampleExecution(0), failed(1, 'x')])
    expect(good).toEqual(sampleExecution(0))
    expect(bad?.errorGroup).toBe(open.summary().errors[0]?.id)
  })

  it('takes a failure without a category or a text', () => {
    expect(summaryOf([sampleExecution(0, { success: false })]).errors).toMatchObject([{ category: 'OTHER', message: '', count: 1 }])
  })

  it('tells all groups of a file apart, so that those of the run can be', () => {
    expect(summaryOf(many(MOST_ERROR_GROUPS + 50)).errors).toHaveLength(MOST_ERROR_GROUPS + 50)
    const { errors } = summaryOf(many(12_000))
    expect(errors).toHaveLength(10_001)
    expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(12_000)
  })
})

const anyOf = (random: Seeded, number: number): Execution => {
  const success = random.fraction() < 0.5
  return sampleExecution(number, {
    workerId: `worker-${random.whole(0, 2)}`,
    label: random.pick(['a', 'b', 'c']),
    phase: random.pick(['WARMUP', 'MEASUREMENT', 'PROCESSING'] as const),
    counted: random.fraction() < 0.8,
    success,
    ...(success
      ? {}
      : { errorCategory: random.pick(['LOCK', 'DATA'] as const), error: `"${random.whole(0, 9)}" in relation "${random.whole(0, 9)}x"` }),
  })
}

describe('added summaries', () => {
  it('are the summary of all executions, however they are cut into files', () => {
    forAll(random => {
      const all = Array.from({ length: random.whole(0, 200) }, (_, number) => anyOf(random, number))
      const parts: Execution[][] = [[], [], []]
      let part = 0
      for (const execution of all) {
        if (random.fraction() < 0.02) part = Math.min(part + 1, 2)
        parts[part]?.push(execution)
      }
      expect(addSummaries(parts.map(summaryOf))).toEqual(summaryOf(all))
    }, 50)
  })

  it('tell the most frequent groups apart, and put the rest into one a category, which no execution has', () => {
    const frequent = Array.from({ length: 5 }, (_, i) => failed(10_000 + i, 'deadlock detected', { errorCategory: 'LOCK' }))
    const { errors } = addSummaries([summaryOf([...many(MOST_ERROR_GROUPS + 50), ...frequent])])
    expect(errors).toHaveLength(MOST_ERROR_GROUPS + 1)
    expect(errors[0]).toMatchObject({ message: 'deadlock detected', count: 5 })
    expect(errors.at(-1)).toMatchObject({ id: 'other-CONSTRAINT', category: 'CONSTRAINT', message: OTHER_ERRORS, count: 51 })
  })

  it('count a failure that is rare in each of many files as one that is frequent', () => {
    const file = (number: number): SpoolSummary => {
      const twice = Array.from({ length: MOST_ERROR_GROUPS }, (_, i) => `relation "f${'x'.repeat(number)}y${'z'.repeat(i)}" is gone`)
      return summaryOf([...twice, ...twice, 'deadlock detected'].map((error, i) => failed(i, error)))
    }
    expect(addSummaries([file(0), file(1), file(2)]).errors[0]).toMatchObject({ message: 'deadlock detected', count: 3 })
  })

  it('keep the bound, and every failure in the count', () => {
    const part = (from: number): SpoolSummary =>
      summaryOf(
        Array.from({ length: 300 }, (_, i) =>
          failed(i, `relation "r_${'abcdefghij'[Math.floor(i / 30)]}${'x'.repeat(i % 30)}_${from}" is gone`),
        ),
      )
    const { errors } = addSummaries([part(0), part(1), part(2)])
    expect(errors).toHaveLength(MOST_ERROR_GROUPS + 1)
    expect(errors.at(-1)).toMatchObject({ message: OTHER_ERRORS, category: 'CONSTRAINT' })
    expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(900)
  })

  it('of nothing is nothing', () => {
    expect(addSummaries([])).toEqual({ counts: [], errors: [] })
  })
})
