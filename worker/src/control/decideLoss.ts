/** What was last seen of the control plane. Milliseconds of this process's monotonic clock. */
export interface ControlSight {
  /** When the poll was asked that last succeeded; what it said has been followed. */
  readonly polledAtMs: number
  /** How long the owner's lease had lapsed at that poll; negative while it is valid, null when there is none. */
  readonly leaseLapsedSeconds: number | null
  /** When a poll last saw a valid lease; null: never. */
  readonly ownedAtMs: number | null
  /** When this process last came back after it had not run for a while: stopped, or starved; null: never. */
  readonly wokeAtMs: number | null
}

/** Whoever has slept has not been left alone: it looks before it judges, and before it sends, and has so long for it. */
export const WAKE_GRACE_MS = 8_000

export type ControlLoss = 'NO_CONTROL_PLANE' | 'NO_OWNER'

/** Whether a worker has been asleep and has not looked at its run since: it may have been stopped meanwhile, or taken for lost. */
export const isUnsure = ({ polledAtMs, wokeAtMs }: ControlSight, nowMs: number): boolean =>
  wokeAtMs !== null && wokeAtMs > polledAtMs && nowMs - wokeAtMs < WAKE_GRACE_MS

/**
 * Whether nobody has steered this worker for so long that it must stop by itself. A run that never had an owner is not lost for want of one. A worker that
 * has itself been asleep looks once more first.
 */
export const decideLoss = (sight: ControlSight, nowMs: number, controlLossSeconds: number): ControlLoss | null => {
  const { polledAtMs, leaseLapsedSeconds, ownedAtMs } = sight
  if (isUnsure(sight, nowMs)) return null
  if (nowMs - polledAtMs >= controlLossSeconds * 1_000) return 'NO_CONTROL_PLANE'
  if (leaseLapsedSeconds !== null) return leaseLapsedSeconds >= controlLossSeconds ? 'NO_OWNER' : null
  return ownedAtMs !== null && nowMs - ownedAtMs >= controlLossSeconds * 1_000 ? 'NO_OWNER' : null
}

const SENTENCES: Readonly<Record<ControlLoss, (seconds: number) => string>> = {
  NO_CONTROL_PLANE: seconds => `The control database did not answer for ${seconds} s: this worker stopped sending by itself`,
  NO_OWNER: seconds => `No orchestrator has owned the run for ${seconds} s: this worker stopped sending by itself`,
}

export const explainLoss = (loss: ControlLoss, controlLossSeconds: number): string => SENTENCES[loss](controlLossSeconds)
