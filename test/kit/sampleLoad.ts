import type {
  ControllerStep,
  FindMaxController,
  FindMaxStep,
  GuardrailStatus,
  LoadBounds,
  QpsController,
  SloJudgement,
} from '../../client/src/api/documents/loadFields.ts'
import type { LogLine } from '../../client/src/api/documents/logDocuments.ts'
import type { ResultArrivals } from '../../client/src/api/documents/runFields.ts'
import { at } from './sampleConsole.ts'

/** A done step of a search: so many connections held, unless it is changed. Each step lasts 30 s. */
export const controllerStep = (stepNumber: number, toConnections: number, change: Partial<ControllerStep> = {}): ControllerStep => ({
  stepNumber,
  purpose: 'CLIMB',
  workers: 1,
  fromConnections: Math.max(0, toConnections - 10),
  toConnections,
  startedAt: at(7 + (stepNumber - 1) * 30),
  endedAt: at(7 + stepNumber * 30),
  elapsedSeconds: 5 + stepNumber * 30,
  observedSeconds: 25,
  operations: toConnections * 2_500,
  qps: toConnections * 100,
  targetQps: null,
  p50Ms: 1,
  p95Ms: 2,
  p99Ms: 4,
  errorRate: 0,
  qpsVsPriorPercent: stepNumber === 1 ? null : 10,
  p95VsBaselinePercent: stepNumber === 1 ? null : 1,
  qpsErrorPercent: null,
  isQueued: false,
  clientLimitedSeconds: 0,
  outcome: 'STABLE',
  reason: null,
  ...change,
})

/** Observed from 12 s on, judged at 37 s. */
export const findMaxStep = (change: Partial<FindMaxStep> = {}): FindMaxStep => ({
  stepNumber: 1,
  purpose: 'CLIMB',
  targetConnections: 5,
  workers: 1,
  startedAt: at(7),
  observedFrom: at(12),
  endsAt: at(37),
  extensions: 0,
  repeats: 0,
  nextIfGood: 15,
  nextIfBad: null,
  ...change,
})

export const findMax = (change: Partial<FindMaxController> = {}): FindMaxController => ({
  step: null,
  steps: [],
  baselineP95Ms: null,
  lastGood: null,
  firstBad: null,
  result: null,
  endedBecause: null,
  ...change,
})

export const qpsController = (change: Partial<QpsController> = {}): QpsController => ({
  targetQps: 2_000,
  targetConnections: 12,
  workers: 1,
  changedAt: at(20),
  reason: 'The schedule holds',
  recent: [],
  ...change,
})

/** Of a minute at 100/s, unless it is changed. */
export const resultArrivals = (change: Partial<ResultArrivals> = {}): ResultArrivals => ({
  planned: 6_000,
  started: 6_000,
  late: 0,
  missed: 0,
  unassigned: 0,
  achievedRate: 100,
  serviceP50Ms: 0.8,
  serviceP95Ms: 1.6,
  serviceP99Ms: 2.2,
  clockErrorP50Ms: 0.1,
  clockErrorP99Ms: 0.2,
  ...change,
})

export const guardrailStatus = (change: Partial<GuardrailStatus> = {}): GuardrailStatus => ({
  state: 'NORMAL',
  ceilings: [],
  workersOverCpu: 0,
  workersOverMemory: 0,
  actions: [],
  ...change,
})

export const loadBounds = (change: Partial<LoadBounds> = {}): LoadBounds => ({
  at: at(40),
  achievedQps: 1_400,
  targetQps: 2_000,
  targetConnections: 40,
  maxWorkers: 2,
  ceilingConnections: 40,
  words: 'All of 40 connections on 2 workers reach 1,400/s of 2,000/s',
  ...change,
})

export const judgement = (change: Partial<SloJudgement> = {}): SloJudgement => ({
  kind: 'POINT_LOOKUP',
  bound: 'P95',
  limit: 10,
  observed: 4.12,
  verdict: 'PASS',
  ...change,
})

/** One line of a run's log; its id and place follow from its number. */
export const logLine = (number: number, change: Partial<LogLine> = {}): LogLine => ({
  id: `line-${number}`,
  seq: String(number).padStart(6, '0'),
  at: at(number),
  level: 'INFO',
  source: 'orchestrator',
  workerId: null,
  message: `line ${number}`,
  exception: null,
  ...change,
})
