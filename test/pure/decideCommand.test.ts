import { describe, expect, it } from 'vitest'
import { decideStart, decideStop } from '../../server/src/decide/decideRun.ts'
import { sampleRun } from '../kit/sampleRun.ts'

describe('starting a run', () => {
  it('is possible once, when it is PREPARED', () => {
    expect(decideStart(sampleRun({ status: 'PREPARED' }))).toEqual({
      allowed: true,
      decision: {
        set: { status: 'STARTING', phase: 'PREPARING', startRequestedAt: 'now', phaseStartedAt: 'now' },
        commands: [],
        effect: null,
      },
    })
  })

  it.each(['STARTING', 'RUNNING', 'STOPPING', 'CANCELLING', 'COMPLETED', 'CANCELLED', 'FAILED'] as const)(
    'is refused when it is %s',
    status => {
      const because = `the run is ${status}; only a PREPARED run can be started`
      expect(decideStart(sampleRun({ status }))).toEqual({ allowed: false, because })
    },
  )
})

describe('stopping a run', () => {
  it.each(['STARTING', 'RUNNING'] as const)('that is %s tells its workers, and is cancelled once they are gone', status => {
    expect(decideStop(sampleRun({ status }), 'enough')).toEqual({
      allowed: true,
      decision: {
        set: {
          status: 'CANCELLING',
          phase: 'PROCESSING',
          phaseStartedAt: 'now',
          stopRequestedAt: 'now',
          completionReason: 'USER_REQUESTED',
          cancellationReason: 'enough',
        },
        commands: [{ type: 'STOP', data: { reason: 'USER_REQUESTED', drainTimeoutSeconds: 120 } }],
        effect: null,
      },
    })
  })

  it('that was never started is over at once, and nobody has to be told', () => {
    expect(decideStop(sampleRun({ status: 'PREPARED' }), 'enough')).toMatchObject({
      allowed: true,
      decision: {
        set: { status: 'CANCELLED', phase: 'COMPLETED', endedAt: 'now', cancellationReason: 'enough' },
        commands: [],
        effect: null,
      },
    })
  })

  it.each(['STOPPING', 'CANCELLING'] as const)('that is %s already changes nothing', status => {
    expect(decideStop(sampleRun({ status }), 'enough')).toEqual({ allowed: true, decision: { set: null, commands: [], effect: null } })
  })

  it.each(['STOPPING', 'CANCELLING'] as const)('that is %s and is being processed does not wait for the rest of it', status => {
    const processing = { step: 'EXECUTIONS', done: 3, total: 10 } as const
    const once = { ...processing, stopped: 'enough' }
    const decision = { set: { processing: once }, commands: [], effect: null }
    expect(decideStop(sampleRun({ status, processing }), 'enough')).toEqual({ allowed: true, decision })
    const nothing = { set: null, commands: [], effect: null }
    expect(decideStop(sampleRun({ status, processing: once }), 'again')).toEqual({ allowed: true, decision: nothing })
  })

  it.each(['COMPLETED', 'CANCELLED', 'FAILED'] as const)('that is %s is refused', status => {
    expect(decideStop(sampleRun({ status }), 'enough')).toEqual({ allowed: false, because: `the run is over (${status})` })
  })
})
