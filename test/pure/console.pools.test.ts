import { describe, expect, it } from 'vitest'
import { poolsLook } from '../../client/src/stores/poolsLook.ts'
import { oldText } from '../../client/src/ui/words/durations.ts'
import { at, atMs, valuePools } from '../kit/sampleConsole.ts'

const NOW_MS = atMs(0)
const DAY_SECONDS = 86_400
const READY = { status: 'READY' as const, preparedAt: at(-2.5 * DAY_SECONDS), valuesPlanned: 12_000, valuesStored: 12_000, isUsable: true }

describe('the value pools of a template', () => {
  it('are not spoken of where they are neither needed nor there', () => {
    expect(poolsLook(valuePools(), NOW_MS)).toBeNull()
  })

  it('are asked for where a run needs them', () => {
    const look = poolsLook(valuePools({ needed: true, neededBecause: ['it draws keys', 'it draws rows'] }), NOW_MS)
    expect(look).toMatchObject({ status: 'NONE', action: 'Prepare', title: 'it draws keys\nit draws rows' })
  })

  it('say how many values there are, and how old they are or what else is worth knowing', () => {
    expect(poolsLook(valuePools(READY), NOW_MS)).toMatchObject({ status: 'READY', text: ', 12,000 values, 2 days old', advice: '' })
    expect(poolsLook(valuePools({ ...READY, hint: 'prepared 8 days ago' }), NOW_MS)?.text).toBe(', 12,000 values, prepared 8 days ago.')
    expect(poolsLook(valuePools({ ...READY, valuesStored: 1 }), NOW_MS)?.text).toBe(', 1 value, 2 days old')
  })

  it('say why they are stale, and whether a run can do without new ones', () => {
    const stale = { ...READY, isStale: true, staleBecause: 'the table’s columns have changed' }
    expect(poolsLook(valuePools(stale), NOW_MS)).toMatchObject({
      status: 'STALE',
      text: ' because the table’s columns have changed.',
      advice: 'Prepare them again.',
      action: 'Prepare again',
    })
    expect(poolsLook(valuePools({ ...stale, isUsable: false, needed: true }), NOW_MS)?.advice).toBe('Prepare them again: a run needs them.')
  })

  it('say how far their preparation is', () => {
    const began = { status: 'PREPARING' as const, needed: true }
    expect(poolsLook(valuePools(began), NOW_MS)).toMatchObject({ text: ', looking at the table.', progress: null, action: null })
    const half = poolsLook(valuePools({ ...began, valuesPlanned: 12_000, valuesStored: 6_000, isUsable: true }), NOW_MS)
    expect(half).toMatchObject({ text: ', 6,000 of 12,000 values.', progress: 0.5, advice: 'Until then runs draw from the pools before.' })
  })

  it('say why their preparation failed, and offer another', () => {
    const failed = poolsLook(valuePools({ status: 'FAILED', error: 'permission denied: grant SELECT' }), NOW_MS)
    expect(failed).toMatchObject({ status: 'FAILED', text: ': permission denied: grant SELECT.', action: 'Prepare again', tone: 'bad' })
  })
})

it.each([
  [-5, 'less than a minute old'],
  [59, 'less than a minute old'],
  [60, '1 min old'],
  [7_200, '2 h old'],
  [86_400, '1 day old'],
  [40 * 86_400, '40 days old'],
])('says how old a thing of %d seconds is: %s', (seconds, text) => {
  expect(oldText(NOW_MS - seconds * 1_000, NOW_MS)).toBe(text)
})
