import type { ClientUsage, Enrichment, EnrichmentSource, StatementFigures } from '@flakebench/contract'
import type { ComparedRun, WarehouseUsage } from './comparedRun.ts'

export const RESOURCE_KINDS = ['WAREHOUSE', 'CLIENT'] as const
export type ResourceKind = (typeof RESOURCE_KINDS)[number]

export interface ResourceRow {
  readonly kind: ResourceKind
  readonly title: string
  readonly unit: string
  readonly values: readonly (number | null)[]
}

type Reading = (run: ComparedRun) => number | null

const BYTES_PER_MB = 1024 ** 2
const ofWarehouse =
  (read: (usage: WarehouseUsage) => number | null): Reading =>
  ({ usage }) =>
    usage.warehouse === null ? null : read(usage.warehouse)
const ofClient =
  (read: (usage: ClientUsage) => number): Reading =>
  ({ usage }) =>
    usage.client === null ? null : read(usage.client)

const contentOf = (run: ComparedRun, source: EnrichmentSource): Enrichment['content'] =>
  run.enrichments.find(one => one.source === source)?.content ?? null

/** A mean over clusters, each by its executions; null where the history says nothing of it. */
const overClusters =
  (field: 'meanQueuedOverloadMs' | 'meanQueuedProvisioningMs'): Reading =>
  run => {
    const told = (contentOf(run, 'QUERY_HISTORY')?.clusters ?? []).filter(cluster => cluster[field] !== null)
    const executions = told.reduce((total, cluster) => total + cluster.executions, 0)
    return executions === 0 ? null : told.reduce((total, cluster) => total + (cluster[field] ?? 0) * cluster.executions, 0) / executions
  }

/** What PostgreSQL counted, by statement; none where it cannot be told of one that was sent: the rest is not the whole run. */
const statementsOf = (run: ComparedRun): readonly StatementFigures[] => {
  const all = contentOf(run, 'STATEMENT_STATISTICS')?.statements ?? []
  return all.some(({ executions, totalMs }) => executions !== 0 && totalMs === null) ? [] : all
}

/** Blocks found in the server's cache, of all that were asked for: of each statement the share and the misses are known. */
const cacheHits: Reading = run => {
  const told = statementsOf(run).flatMap(({ cacheHitPercent, blocksRead }) =>
    cacheHitPercent === null || blocksRead === null ? [] : [{ share: cacheHitPercent / 100, missed: blocksRead }],
  )
  const missing = told.filter(({ share, missed }) => share < 1 && missed > 0)
  const missed = missing.reduce((total, one) => total + one.missed, 0)
  if (told.length === 0) return null
  const found = missing.reduce((total, one) => total + (one.missed * one.share) / (1 - one.share), 0)
  const allFound = told.every(({ share }) => share === 1)
  return allFound ? 100 : missed + found === 0 ? null : (100 * found) / (missed + found)
}

const sumOfStatements =
  (field: 'walBytes' | 'ioReadMs'): Reading =>
  run => {
    const told = statementsOf(run).flatMap(one => (one[field] === null ? [] : [one[field]]))
    return told.length === 0 ? null : told.reduce((total, value) => total + value, 0)
  }

const megabytes =
  (read: Reading): Reading =>
  run => {
    const bytes = read(run)
    return bytes === null ? null : bytes / BYTES_PER_MB
  }

const ROWS: readonly (readonly [ResourceKind, string, string, Reading])[] = [
  ['WAREHOUSE', 'Clusters, mean', '', ofWarehouse(usage => usage.meanClusters)],
  ['WAREHOUSE', 'Clusters, most', '', ofWarehouse(usage => usage.mostClusters)],
  ['WAREHOUSE', 'Statements under way, mean', '', ofWarehouse(usage => usage.meanRunning)],
  ['WAREHOUSE', 'Statements under way, most', '', ofWarehouse(usage => usage.mostRunning)],
  ['WAREHOUSE', 'Statements queued, mean', '', ofWarehouse(usage => usage.meanQueued)],
  ['WAREHOUSE', 'Statements queued, most', '', ofWarehouse(usage => usage.mostQueued)],
  ['WAREHOUSE', 'Queued for overload, mean of an execution', 'ms', overClusters('meanQueuedOverloadMs')],
  ['WAREHOUSE', 'Queued for provisioning, mean of an execution', 'ms', overClusters('meanQueuedProvisioningMs')],
  ['WAREHOUSE', "Blocks found in the server's cache", '%', cacheHits],
  ['WAREHOUSE', 'Time spent reading blocks', 'ms', sumOfStatements('ioReadMs')],
  ['WAREHOUSE', 'Write-ahead log', 'MB', megabytes(sumOfStatements('walBytes'))],
  ['CLIENT', 'CPU of all workers, mean (100 % = one core)', '%', ofClient(usage => usage.meanCpuPercent)],
  ['CLIENT', 'CPU of all workers, most', '%', ofClient(usage => usage.mostCpuPercent)],
  ['CLIENT', 'Memory of all workers, most', 'MB', ofClient(usage => usage.mostMemoryBytes / BYTES_PER_MB)],
  ['CLIENT', 'Event-loop delay of the worst worker, p99, mean', 'ms', ofClient(usage => usage.meanDelayP99Ms)],
  ['CLIENT', 'Event-loop delay of the worst worker, p99, most', 'ms', ofClient(usage => usage.mostDelayP99Ms)],
  ['CLIENT', 'Time in which the load generator could have been the limit', '%', run => clientLimitedPercent(run)],
]

const clientLimitedPercent: Reading = ({ result }) =>
  result === null || result.measuredSeconds === 0 ? null : (100 * result.clientLimitedSeconds) / result.measuredSeconds

/** What the runs have used of the database's and of the client's; what none of them knows is left out. */
export const resourceRows = (runs: readonly ComparedRun[]): ResourceRow[] =>
  ROWS.map(([kind, title, unit, read]) => ({ kind, title, unit, values: runs.map(read) })).filter(({ values }) =>
    values.some(value => value !== null),
  )
