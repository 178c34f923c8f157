import { describe, expect, it } from 'vitest'
import { changedRun } from '../../server/src/decide/changedRun.ts'
import { decideStart, decideStop } from '../../server/src/decide/decideRun.ts'
import { sampleRun } from '../kit/sampleRun.ts'

describe('a run after a command', () => {
  it('that was started is as its row is then', () => {
    const run = sampleRun({ status: 'PREPARED', phase: 'PREPARING', startRequestedAtMs: null, phaseStartedAtMs: null })
    const decided = decideStart(run)
    const started = changedRun(run, decided.allowed ? decided.decision : { set: null, commands: [] })
    const { nowMs, version } = run
    expect(started).toEqual({
      ...run,
      status: 'STARTING',
      version: version + 1,
      startRequestedAtMs: nowMs,
      phaseStartedAtMs: nowMs,
      updatedAtMs: nowMs,
    })
  })

  it('that was stopped knows why, and that its workers were told', () => {
    const run = sampleRun()
    const decided = decideStop(run, 'enough')
    expect(changedRun(run, decided.allowed ? decided.decision : { set: null, commands: [] })).toMatchObject({
      status: 'CANCELLING',
      phase: 'PROCESSING',
      completionReason: 'USER_REQUESTED',
      cancellationReason: 'enough',
      stopRequestedAtMs: run.nowMs,
      nextSequenceId: run.nextSequenceId + 1,
    })
  })

  it('that changed nothing is as it was', () => {
    const run = sampleRun()
    expect(changedRun(run, { set: null, commands: [] })).toBe(run)
  })
})
