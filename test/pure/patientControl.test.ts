import { performance } from 'node:perf_hooks'
import { ControlDatabaseUnavailable, type SqlClient } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { patientControl } from '../../worker/src/control/patientControl.ts'

const away = new ControlDatabaseUnavailable('the control database does not answer', {})
const wrongPassword = new Error('Incorrect username or password was specified.')

/** A control database that fails so, one statement after the other, and then answers. */
const failing = (...failures: readonly Error[]) => {
  let asked = 0
  const answer = async (): Promise<readonly { readonly n: number }[]> => {
    const failure = failures[asked]
    asked += 1
    if (failure !== undefined) throw failure
    return [{ n: 1 }]
  }
  const db: SqlClient = {
    engine: 'snowflake',
    query: answer,
    execute: async () => (await answer()).length,
    transaction: work => answer().then(() => work(db)),
    close: async () => {},
  }
  return { db, asked: () => asked }
}

const told: string[] = []
const trouble = { met: () => told.push('met'), over: () => told.push('over') }
const patience = (forMs: number, over = new AbortController()) => {
  const untilMs = performance.now() + forMs
  return { untilMs: () => untilMs, over: over.signal, trouble }
}

describe('the control database before the start', () => {
  it('is asked again while it is away, whatever is asked of it', async () => {
    const { db, asked } = failing(away, away)
    expect(await patientControl(db, patience(60_000)).query('SELECT 1')).toEqual([{ n: 1 }])
    expect([asked(), told]).toEqual([3, ['met', 'met', 'over']])
    expect(await patientControl(failing(away).db, patience(60_000)).execute('DELETE')).toBe(1)
    expect(await patientControl(failing(away).db, patience(60_000)).transaction(async () => 7)).toBe(7)
  })

  it('that refuses is not asked again', async () => {
    const { db, asked } = failing(wrongPassword)
    await expect(patientControl(db, patience(60_000)).query('SELECT 1')).rejects.toBe(wrongPassword)
    expect(asked()).toBe(1)
  })

  it('is waited for no longer than there is time, nor when nobody waits', async () => {
    const late = failing(away, away, away, away, away)
    await expect(patientControl(late.db, patience(150)).query('SELECT 1')).rejects.toBe(away)
    expect(late.asked()).toBe(2)
    const over = new AbortController()
    const { db, asked } = failing(away, away, away, away, away)
    const waiting = patientControl(db, { ...patience(60_000, over), trouble: { ...trouble, met: () => over.abort() } }).query('SELECT 1')
    await expect(waiting).rejects.toBe(away)
    expect(asked()).toBe(1)
  })
})
