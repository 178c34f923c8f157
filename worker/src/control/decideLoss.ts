/** What was last seen of the control plane. Milliseconds of this process's monotonic clock. */
export interface ControlSight {
  /** When a poll last succeeded. */
  readonly polledAtMs: number
  /** How long the owner's lease had lapsed at that poll; negative while it is valid, null when there is none. */
  readonly leaseLapsedSeconds: number | null
  /** When a poll last saw a valid lease; null: never. */
  readonly ownedAtMs: number | null
}

export type ControlLoss = 'NO_CONTROL_PLANE' | 'NO_OWNER'

/** Whether nobody has steered this worker for so long that it must stop by itself. A run that never had an owner is not lost for want of one. */
export const decideLoss = (sight: ControlSight, nowMs: number, controlLossSeconds: number): ControlLoss | null => {
  if (nowMs - sight.polledAtMs >= controlLossSeconds * 1_000) return 'NO_CONTROL_PLANE'
  const { leaseLapsedSeconds, ownedAtMs } = sight
  if (leaseLapsedSeconds !== null) return leaseLapsedSeconds >= controlLossSeconds ? 'NO_OWNER' : null
  return ownedAtMs !== null && nowMs - ownedAtMs >= controlLossSeconds * 1_000 ? 'NO_OWNER' : null
}

const SENTENCES: Readonly<Record<ControlLoss, (seconds: number) => string>> = {
  NO_CONTROL_PLANE: seconds => `The control database did not answer for ${seconds} s: this worker stopped sending by itself`,
  NO_OWNER: seconds => `No orchestrator has owned the run for ${seconds} s: this worker stopped sending by itself`,
}

export const explainLoss = (loss: ControlLoss, controlLossSeconds: number): string => SENTENCES[loss](controlLossSeconds)
