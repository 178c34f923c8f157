import type { TemplateInput } from '@flakebench/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { type SlowSut, startSlowSut } from '../kit/slowSut.ts'

let kit: RunKit
let recording: SlowSut
beforeAll(async () => {
  kit = await openRunKit({
    rows: 5_000,
    sutAddress: async sut => {
      recording = await startSlowSut(sut)
      return { host: '127.0.0.1', port: recording.port }
    },
  })
})
afterAll(async () => {
  await kit.close()
  await recording.close()
})

/** Inserted keys go on from what the table holds, so they differ between runs by design. */
const REPEATABLE: TemplateInput = {
  name: 'Repeatable',
  operations: { pointLookup: { weight: 60 }, rangeScan: { weight: 30 }, update: { weight: 10 } },
}
/** Few enough for a slow machine to send in two seconds. */
const COMPARED = 150

/** The first statements that each worker sent, with their values; one connection a worker, so the order is theirs. */
const sequencesOf = async (seed: number, workers: number): Promise<readonly string[][]> => {
  const before = recording.answered.length
  const run = await kit.run({ seed, workers, targetConnections: workers, warmupSeconds: 0, durationSeconds: 2 }, REPEATABLE)
  expect(run.status).toBe('COMPLETED')
  const sent = recording.answered.slice(before).filter(({ statement }) => /^flakebench_\d+$/.test(statement ?? ''))
  return Array.from({ length: workers }, (_, i) =>
    sent
      .filter(({ application }) => application === `flakebench worker-${i}`)
      .slice(0, COMPARED)
      .map(({ statement, values }) => `${statement} ${values.join(',')}`),
  )
}

describe('the seed of a run', () => {
  it('gives the same statements with the same values, another one others, and each worker its own', async () => {
    const [first, second] = await sequencesOf(42, 2)
    expect(first).toHaveLength(COMPARED)
    expect(second).toHaveLength(COMPARED)
    expect(second).not.toEqual(first)
    expect(await sequencesOf(42, 2)).toEqual([first, second])
    expect(await sequencesOf(43, 1)).not.toEqual([first])
  })
})
