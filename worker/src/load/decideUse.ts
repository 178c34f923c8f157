import type { CpuCount } from './cgroup.ts'

/** A group of processes with a quota of CPU, at two moments; null: it could not be read. */
export interface GroupUse {
  readonly cores: number
  readonly before: CpuCount | null
  readonly after: CpuCount | null
}

/** What a process itself used in a stretch of time. */
export interface OwnUse {
  readonly spanMs: number
  readonly ownMs: number
  /** Of that, spent on waiting. */
  readonly spunMs: number
}

/** How much of the CPU that it may use a process used, 0–100: of one core, because the load is made by one thread, or of a group's quota. */
export const decideCpuUse = ({ spanMs, ownMs, spunMs }: OwnUse, groups: readonly GroupUse[]): number => {
  if (spanMs <= 0) return 0
  const ofGroup = ({ cores, before, after }: GroupUse): number =>
    before === null || after === null ? 0 : ((after.usedMs - before.usedMs - spunMs) / (spanMs * cores)) * 100
  return Math.min(Math.max(((ownMs - spunMs) / spanMs) * 100, ...groups.map(ofGroup), 0), 100)
}

/**
 * Whether a group was stopped at its quota, however little it used on average: quotas are for tenths of a second, and whoever is stopped in one of them is
 * late in it.
 */
export const wasThrottled = (groups: readonly GroupUse[]): boolean =>
  groups.some(({ before, after }) => before !== null && after !== null && after.throttledPeriods > before.throttledPeriods)

/** Of the memory that a process may use, 0–100: of the group that is nearest to its limit, of the machine where none has a limit that is known. */
export const decideMemoryUse = (
  groups: readonly { readonly limitBytes: number; readonly usedBytes: number | null }[],
  machinePercent: () => number,
): number => {
  const percents = groups.flatMap(({ limitBytes, usedBytes }) => (usedBytes === null ? [] : [(usedBytes / limitBytes) * 100]))
  return Math.min(percents.length === 0 ? machinePercent() : Math.max(...percents), 100)
}
