import type { RunRecord } from '@flakebench/contract'
import { samplePlan } from './samplePlan.ts'

/** The agreed start of sample runs, by the database's clock. */
export const SAMPLE_START_MS = 1_700_000_000_000

/** A run of samplePlan in the fourth second of its measurement; change what the test is about. */
export const sampleRun = (change: Partial<RunRecord> = {}): RunRecord => ({
  id: '01JTESTRVN0000000000000000',
  name: 'orders',
  number: 1,
  templateId: 't-1',
  status: 'RUNNING',
  phase: 'MEASUREMENT',
  version: 5,
  plan: samplePlan(),
  tableRows: null,
  orchestratorId: 'server-1',
  epoch: 1,
  leaseExpiresAtMs: SAMPLE_START_MS + 15_000,
  startRequestedAtMs: SAMPLE_START_MS - 1_000,
  startAtMs: SAMPLE_START_MS,
  measurementStartsAtMs: SAMPLE_START_MS + 2_000,
  measurementEndsAtMs: SAMPLE_START_MS + 12_000,
  phaseStartedAtMs: SAMPLE_START_MS + 2_000,
  stopRequestedAtMs: null,
  endedAtMs: null,
  workersExpected: 2,
  workersReady: 2,
  workerTargets: null,
  arrivalShares: null,
  fleetNotes: {},
  findMax: null,
  qpsController: null,
  bounds: null,
  guardrail: null,
  waitsFor: null,
  processing: null,
  nextSequenceId: 3,
  completionReason: null,
  cancellationReason: null,
  createdAtMs: SAMPLE_START_MS - 60_000,
  updatedAtMs: SAMPLE_START_MS + 5_000,
  nowMs: SAMPLE_START_MS + 6_000,
  elapsedSeconds: 7,
  ...change,
})
