import { expect, it } from 'vitest'
import { neverBack } from '../../server/src/live/neverBack.ts'
import { sampleRun } from '../kit/sampleRun.ts'

const AT_MS = 1_700_000_000_000
const counting = (nowMs: number, elapsedSeconds: number) =>
  sampleRun({ nowMs: AT_MS + nowMs, elapsedSeconds, startRequestedAtMs: AT_MS, endedAtMs: null })

it.each([
  { of: 'first look', before: null, next: counting(5_000, 5), shown: [5_000, 5] },
  { of: 'later reading', before: counting(5_000, 5), next: counting(6_000, 6), shown: [6_000, 6] },
  { of: 'reading that was longer on its way', before: counting(5_000, 5), next: counting(4_987, 4.987), shown: [5_000, 5] },
  { of: 'clock that was set back', before: counting(9_000, 9), next: counting(2_000, 2), shown: [2_000, 2] },
  {
    of: 'run that has ended',
    before: counting(5_000, 5),
    next: { ...counting(4_990, 4.9), endedAtMs: AT_MS + 4_900 },
    shown: [5_000, 4.9],
  },
])('shows no earlier moment than before: $of', ({ before, next, shown }) => {
  const { nowMs, elapsedSeconds } = neverBack(next, before)
  expect([nowMs - AT_MS, elapsedSeconds]).toEqual(shown)
})
