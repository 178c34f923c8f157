import { CONTROL_PACE } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import type { Standing } from '../../server/src/decide/fleet.ts'
import { newsOf, type WorkerWord, wordOf } from '../../server/src/decide/fleetNews.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleMember } from '../kit/sampleMember.ts'

const told = (before: WorkerWord | undefined, standing: Standing, ageSeconds = 0) => {
  const member = sampleMember(0, standing, { ...(standing === 'LOST' ? {} : { heartbeat: sampleHeartbeat({ ageSeconds }) }) })
  return newsOf(member, before, wordOf(member, CONTROL_PACE.postgres))?.message ?? null
}

describe('what is told of a worker', () => {
  it.each([
    { before: undefined, now: 'ABSENT', words: null },
    { before: 'ABSENT', now: 'STARTING', words: 'worker-0 has registered (localhost, process 4711)' },
    { before: 'STARTING', now: 'READY', words: 'worker-0 is ready; its fastest round trip takes 0.06 ms' },
    { before: 'READY', now: 'WORKING', words: 'worker-0 sends' },
    { before: 'WORKING', now: 'WORKING', words: null },
    { before: 'WORKING', now: 'DONE', words: 'worker-0 has delivered its work and left' },
    { before: 'WORKING', now: 'LOST', words: 'worker-0 is lost: worker-0 was killed by SIGKILL' },
    { before: 'LOST', now: 'LOST', words: null },
  ] as const)('from $before to $now: $words', ({ before, now, words }) => {
    expect(told(before, now)).toBe(words)
  })

  it('is that it is silent, and that it is heard of again', () => {
    const { staleSeconds } = CONTROL_PACE.postgres
    expect(told('WORKING', 'WORKING', staleSeconds)).toBe(`worker-0 has been silent for ${staleSeconds} s`)
    expect(told('STALE', 'WORKING', staleSeconds + 1)).toBeNull()
    expect(told('STALE', 'WORKING')).toBe('worker-0 is heard of again')
  })
})
