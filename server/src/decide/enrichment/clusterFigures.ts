import type { ClusterCount, ClusterFigures } from '@flakebench/contract'

/** Each cluster's share: what came from none is left out. In the order of their numbers. */
export const clusterFigures = (counts: readonly ClusterCount[]): ClusterFigures[] => {
  const byCluster = new Map<number, ClusterCount[]>()
  for (const count of counts) {
    if (count.clusterNumber === null) continue
    const own = byCluster.get(count.clusterNumber)
    if (own === undefined) byCluster.set(count.clusterNumber, [count])
    else own.push(count)
  }
  return [...byCluster].sort(([one], [other]) => one - other).map(([clusterNumber, own]) => figuresOf(clusterNumber, own))
}

const figuresOf = (clusterNumber: number, counts: readonly ClusterCount[]): ClusterFigures => {
  const sorted = [...counts].sort((one, other) => one.executionMs - other.executionMs)
  const executions = sorted.reduce((sum, one) => sum + one.executions, 0)
  const byLabel: Record<string, number> = {}
  for (const { label, executions: some } of sorted) byLabel[label] = (byLabel[label] ?? 0) + some
  const mean = (of: (count: ClusterCount) => number): number | null =>
    executions === 0 ? null : sorted.reduce((sum, one) => sum + of(one), 0) / executions
  return {
    clusterNumber,
    executions,
    p50Ms: percentileOf(sorted, executions, 50),
    p95Ms: percentileOf(sorted, executions, 95),
    maxMs: sorted.at(-1)?.executionMs ?? null,
    meanQueuedOverloadMs: mean(one => one.queuedOverloadMs),
    meanQueuedProvisioningMs: mean(one => one.queuedProvisioningMs),
    byLabel,
  }
}

/** The least value that so many percent do not exceed. */
const percentileOf = (sorted: readonly ClusterCount[], executions: number, percent: number): number | null => {
  let seen = 0
  for (const one of sorted) {
    seen += one.executions
    if (seen * 100 >= executions * percent) return one.executionMs
  }
  return null
}
