import { isPushToken, newCredentialKey, pushTokenOf } from '@flakebench/store'
import { describe, expect, it } from 'vitest'

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
