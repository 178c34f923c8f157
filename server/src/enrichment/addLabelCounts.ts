import type { LabelCount } from '@flakebench/store'

/** Counts of the parts of a stretch as those of the whole. */
export const addLabelCounts = (parts: readonly LabelCount[]): LabelCount[] => {
  const byLabel = new Map<string, LabelCount>()
  for (const { label, executions, failed } of parts) {
    const before = byLabel.get(label)
    byLabel.set(label, { label, executions: executions + (before?.executions ?? 0), failed: failed + (before?.failed ?? 0) })
  }
  return [...byLabel.values()]
}
