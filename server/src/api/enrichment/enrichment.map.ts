import type { ClusterFigures as Cluster, Enrichment as Record } from '@flakebench/contract'
import { toNamedCounts } from '../figure/namedCount.type.ts'
import type { ClusterFigures, Enrichment } from './enrichment.type.ts'

export const toEnrichment = (found: Record): Enrichment => {
  const { source, status, note, matched, expected, attempts, dueAtMs, updatedAtMs, content } = found
  const fromMs = content?.fromMs ?? null
  const toMs = content?.toMs ?? null
  return {
    source,
    status,
    note,
    matched,
    expected,
    coveragePercent: matched === null || expected === null || expected === 0 ? null : (100 * matched) / expected,
    attempts,
    dueAt: status === 'PENDING' && dueAtMs !== null ? new Date(dueAtMs) : null,
    updatedAt: new Date(updatedAtMs),
    fromSeconds: fromMs === null ? null : fromMs / 1_000,
    toSeconds: toMs === null ? null : toMs / 1_000,
    statements: [...(content?.statements ?? [])],
    clusters: (content?.clusters ?? []).map(toCluster),
    overhead: (content?.overhead ?? []).map(({ atMs, executions, medianMs }) => ({ atSeconds: atMs / 1_000, executions, medianMs })),
  }
}

const toCluster = ({ byLabel, ...figures }: Cluster): ClusterFigures => ({
  ...figures,
  byLabel: toNamedCounts(byLabel),
})
