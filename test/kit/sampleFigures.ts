import type { EncodedHistogram, KindSnapshot, Result, Rollup } from '@flakebench/contract'
import { EASY_CLIENT } from './sampleSnapshot.ts'

/** A histogram at rest, for tests that keep it and never open it. */
export const SEALED_HISTOGRAM: EncodedHistogram = {
  count: 998,
  sumNs: 3_456_789_012_345,
  minNs: 250_000,
  maxNs: 98_765_432,
  hdr: 'HISTFAAAAB542pNpmSzMwMDAxQABzFCaEUzOmNZg/wEiAgAwPwLr',
}

const KINDS: readonly KindSnapshot[] = [
  { kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operations: 900, errors: 2, latency: SEALED_HISTOGRAM, service: null },
  { kind: 'GENERIC_SQL', label: `it's "quoted", 100 % ?`, operations: 100, errors: 0, latency: null, service: null },
]

/** The third second of a run as two workers did it. */
export const sampleRollup = (change: Partial<Rollup> = {}): Rollup => ({
  runId: '01JTESTRVN0000000000000000',
  intervalIndex: 2,
  startMs: 2_000,
  endMs: 3_000,
  phase: 'MEASUREMENT',
  started: 1_003,
  operations: 1_000,
  errors: 2,
  cutOff: 3,
  retriedOperations: 5,
  qps: 998.125,
  latency: SEALED_HISTOGRAM,
  p50Ms: 1.25,
  p95Ms: 7.5,
  p99Ms: 42.125,
  maxMs: 98.765432,
  byKind: KINDS,
  errorsByCategory: [{ category: 'TIMEOUT', count: 2, sample: 'canceling statement due to statement timeout' }],
  activeConnections: 8,
  targetConnections: 8,
  openConnections: 8,
  arrivals: null,
  workersReported: 2,
  workersExpected: 2,
  client: EASY_CLIENT,
  clientLimited: false,
  ...change,
})

/** What a run of ten seconds came to. */
export const sampleResult = (change: Partial<Result> = {}): Result => ({
  measuredSeconds: 10,
  totalOperations: 10_000,
  failedOperations: 20,
  cutOffOperations: 8,
  retriedOperations: 40,
  qps: 998,
  errorRate: 0.002,
  p50Ms: 1.25,
  p95Ms: 7.5,
  p99Ms: 42.125,
  p999Ms: 77.0625,
  minMs: 0.25,
  maxMs: 98.765432,
  meanMs: 3.4567890123,
  clientLimitedSeconds: 2,
  latencyAggregationMethod: 'HDR_MERGE',
  latency: SEALED_HISTOGRAM,
  byKind: KINDS,
  errorsByCategory: [{ category: 'TIMEOUT', count: 20, sample: null }],
  startSkewMs: 0.375,
  accounting: { started: 12_030, ended: 12_020, cutOff: 10, missingSnapshots: 0, silentWorkers: 0 },
  arrivals: null,
  slos: [],
  findMax: null,
  lostWorkers: [],
  warmupByKind: [],
  ...change,
})
