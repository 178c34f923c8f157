import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { measureScheduling } from '../../worker/src/load/measureScheduling.ts'

const HELD_UP_MS = 60

it.each(['HYBRID', 'TICKER'] as const)('the accuracy of the %s clock shows what holds this process up', async kind => {
  const measured = measureScheduling(kind)
  await pause(60)
  const fromMs = performance.now()
  while (performance.now() - fromMs < HELD_UP_MS);
  const lateMs = await measured
  // The second worst of a hundred moments: it has waited for a little less.
  expect(lateMs).toBeGreaterThan(HELD_UP_MS * 0.8)
  expect(lateMs).toBeLessThan(Number.POSITIVE_INFINITY)
})
