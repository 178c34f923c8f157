import type { RunRecord, RunStatus } from '@flakebench/contract'

/** What has to be known of a run that was told to start and is not over. */
export interface StartedSut {
  readonly id: string
  readonly startRequestedAtMs: number
  readonly sut: readonly string[]
  readonly status: RunStatus
  /** Since when its workers have their time: later than the request once it has left the queue. */
  readonly phaseStartedAtMs: number | null
  readonly workersRegistered: number
}

/**
 * The id of the run whose end this one waits for, so that they do not spoil each other: of those that load the same and have begun or were told to start
 * before it, the first. Null: it waits for none. Whoever has begun is before all who have not, whatever the moments say: a run may become visible only
 * after a later one has found the way free. Runs that were told to start at the same moment go by their ids. No two wait for each other: who has begun
 * waits for nobody.
 */
export const decideWait = (run: RunRecord, started: readonly StartedSut[]): string | null => {
  if (run.plan.advanced.shareSut || run.startRequestedAtMs === null) return null
  const own = { ...run, startRequestedAtMs: run.startRequestedAtMs, workersRegistered: 0 }
  if (hasBegun(own)) return null
  const before = started.filter(other => other.id !== run.id && isBefore(other, own) && other.sut.some(one => run.plan.sut.includes(one)))
  return before.reduce<StartedSut | null>((first, other) => (first === null || isBefore(other, first) ? other : first), null)?.id ?? null
}

type Turn = Omit<StartedSut, 'sut'>

/** It loads, or will in a moment: it waits no more. */
const hasBegun = ({ status, phaseStartedAtMs, startRequestedAtMs, workersRegistered }: Turn): boolean =>
  status !== 'STARTING' || workersRegistered > 0 || (phaseStartedAtMs ?? startRequestedAtMs) > startRequestedAtMs

const isBefore = (one: Turn, other: Turn): boolean => (hasBegun(one) === hasBegun(other) ? isEarlier(one, other) : hasBegun(one))

const isEarlier = (one: Turn, other: Turn): boolean =>
  one.startRequestedAtMs < other.startRequestedAtMs || (one.startRequestedAtMs === other.startRequestedAtMs && one.id < other.id)

/** So many looks in a row must find the way free: a run that was told to start before may become visible only after the first. */
export const FREE_LOOKS = 2
