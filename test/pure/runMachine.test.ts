import { COMPLETION_REASONS, isTerminal, RUN_STATUSES, type RunStatus } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { finalStatus, nextStatus, type RunOccurrence } from '../../server/src/decide/runMachine.ts'

const OCCURRENCES: readonly RunOccurrence[] = [
  'START_REQUESTED',
  'WORKERS_READY',
  'STOP_REQUESTED',
  'LOAD_ENDED',
  'FAILED',
  'PROCESSED',
  'GIVEN_UP',
]

/** Where each occurrence leads, in the order of OCCURRENCES; a dot: refused. PROCESSED is for a run whose duration has elapsed. */
const TABLE: Readonly<Record<RunStatus, string>> = {
  PREPARED: 'STARTING .       CANCELLED  .        .        .         .',
  STARTING: '.        RUNNING CANCELLING .        STOPPING .         .',
  RUNNING: ' .        .       CANCELLING STOPPING STOPPING .         .',
  STOPPING: '.        .       .          .        .        COMPLETED FAILED',
  CANCELLING: '.      .       .          .        .        COMPLETED FAILED',
  COMPLETED: '.       .       .          .        .        .         .',
  CANCELLED: '.       .       .          .        .        .         .',
  FAILED: '  .        .       .          .        .        .         .',
}

describe('the run machine', () => {
  for (const status of RUN_STATUSES) {
    const row = TABLE[status].trim().split(/\s+/)
    for (const [i, occurrence] of OCCURRENCES.entries()) {
      const next = row[i] === '.' ? null : row[i]
      it(`${next === null ? 'refuses' : `goes to ${next} on`} ${occurrence} when ${status}`, () => {
        expect(nextStatus(status, occurrence, 'DURATION_ELAPSED')).toBe(next)
      })
    }
  }

  it.each([
    ['DURATION_ELAPSED', 'COMPLETED'],
    ['BOUNDS_LIMIT_REACHED', 'COMPLETED'],
    ['FIND_MAX_DONE', 'COMPLETED'],
    ['SOFT_GUARDRAIL_DEGRADED', 'COMPLETED'],
    ['RESOURCE_EXHAUSTION', 'FAILED'],
    ['SLO_ABORT', 'FAILED'],
    ['USER_REQUESTED', 'CANCELLED'],
    ['WORKER_FAILURE', 'FAILED'],
    ['STARTUP_FAILURE', 'FAILED'],
  ] as const)('ends a run for %s as %s', (reason, status) => {
    expect(finalStatus(reason)).toBe(status)
    expect(nextStatus('STOPPING', 'PROCESSED', reason)).toBe(status)
    expect(nextStatus('CANCELLING', 'PROCESSED', reason)).toBe(status)
  })

  it('ends every run in a terminal status, one without a reason as FAILED', () => {
    for (const reason of COMPLETION_REASONS) expect(isTerminal(finalStatus(reason))).toBe(true)
    expect(nextStatus('STOPPING', 'PROCESSED', null)).toBe('FAILED')
  })

  it('ends a run that is given up as FAILED, for whatever reason it was to end', () => {
    for (const reason of [...COMPLETION_REASONS, null]) {
      for (const status of ['STOPPING', 'CANCELLING'] as const) expect(nextStatus(status, 'GIVEN_UP', reason)).toBe('FAILED')
    }
  })

  it('leads from every status that is not terminal to a terminal one', () => {
    const leadsToEnd = (status: RunStatus, seen: ReadonlySet<RunStatus>): boolean =>
      isTerminal(status) ||
      OCCURRENCES.some(occurrence => {
        const next = nextStatus(status, occurrence, 'DURATION_ELAPSED')
        return next !== null && !seen.has(next) && leadsToEnd(next, new Set([...seen, next]))
      })
    for (const status of RUN_STATUSES) expect(leadsToEnd(status, new Set([status])), status).toBe(true)
  })
})
