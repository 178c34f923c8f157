import { totalmem } from 'node:os'

/** Settings of a PostgreSQL server, name to value, as in postgresql.conf. */
export type ClusterSettings = Readonly<Record<string, string>>

const MEGABYTE = 1024 * 1024

/** A fraction of the machine's memory, in whole megabytes between two bounds, as PostgreSQL writes it: `512MB`. */
export const shareOfMemory = (totalBytes: number, fraction: number, leastMb: number, mostMb: number): string =>
  `${Math.min(mostMb, Math.max(leastMb, Math.floor((totalBytes * fraction) / MEGABYTE)))}MB`

/** Durable as PostgreSQL is by default, and with rare checkpoints so that none of them falls into a short run. */
const SAFE_AND_STEADY: ClusterSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  log_checkpoints: 'off',
}

/** The settings of the cluster with the control tables, for a machine with that much memory. */
export const controlSettingsFor = (totalBytes: number): ClusterSettings => ({
  ...SAFE_AND_STEADY,
  shared_buffers: shareOfMemory(totalBytes, 1 / 64, 64, 256),
  max_connections: '200',
})

/**
 * The settings of the demo system under test: its table and indexes fit into the cache of a machine with 8 GB. Its statement statistics, which runs are
 * enriched with, cost about 3 % of the server's CPU time of a point lookup (0.7 of 21 µs, measured in turns with and without; less than the spread).
 */
export const demoSettingsFor = (totalBytes: number): ClusterSettings => ({
  ...SAFE_AND_STEADY,
  shared_buffers: shareOfMemory(totalBytes, 1 / 16, 128, 1024),
  max_connections: '300',
  shared_preload_libraries: 'pg_stat_statements',
  track_io_timing: 'on',
})

/** What a container may use where it is limited, else what the machine has. */
const usableMemoryBytes = (): number => {
  const limitBytes = process.constrainedMemory()
  return limitBytes > 0 ? Math.min(limitBytes, totalmem()) : totalmem()
}

export const CONTROL_CLUSTER_SETTINGS: ClusterSettings = Object.freeze(controlSettingsFor(usableMemoryBytes()))
export const DEMO_CLUSTER_SETTINGS: ClusterSettings = Object.freeze(demoSettingsFor(usableMemoryBytes()))
