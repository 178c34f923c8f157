import { isPushToken, newCredentialKey, pushTokenOf } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { readReport } from '../../server/src/push/readReport.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'

describe('the token of a run', () => {
  const key = newCredentialKey()

  it('is the same for all who hold the key, and fits this run alone', () => {
    const token = pushTokenOf(key, 'run-1')
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(pushTokenOf(key, 'run-1')).toBe(token)
    expect(isPushToken(token, key, 'run-1')).toBe(true)
    expect(isPushToken(token, key, 'run-2')).toBe(false)
    expect(isPushToken(token, newCredentialKey(), 'run-1')).toBe(false)
    for (const wrong of ['', 'x', `${token}x`, token.slice(1)]) expect(isPushToken(wrong, key, 'run-1')).toBe(false)
  })
})

describe('a report', () => {
  const heartbeat = sampleHeartbeat()
  const good = { heartbeat, snapshots: [sampleSnapshot({ runId: heartbeat.runId })] }

  it('is taken as it is', () => {
    expect(readReport(good, heartbeat.runId)).toBe(good)
  })

  it.each([
    ['nothing', undefined],
    ['a text', 'hello'],
    ['no heartbeat', { snapshots: [] }],
    ['no snapshots', { heartbeat }],
    ['another run’s heartbeat', { ...good, heartbeat: { ...heartbeat, runId: 'other' } }],
    ['another run’s snapshot', { heartbeat, snapshots: [sampleSnapshot({ runId: 'other' })] }],
    ['a snapshot without a number', { heartbeat, snapshots: [{ ...good.snapshots[0], sequence: 'x' }] }],
  ])('is refused when it is %s', (_, body) => {
    expect(readReport(body, heartbeat.runId)).toBeNull()
  })
})
