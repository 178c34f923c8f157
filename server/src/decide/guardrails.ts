import type { FailThreshold, GuardrailAction, GuardrailState, GuardrailStateWord, Guardrails } from '@flakebench/contract'
import type { Finish } from './controllers/controller.ts'

/** How a worker fared in an interval; null where that is not known. */
export interface WorkerUse {
  readonly workerId: string
  readonly intervalIndex: number
  /** As in `ClientHealth`. */
  readonly cpuUsedPercent: number | null
  readonly memoryUsedPercent: number | null
}

/** Of one that serves. */
export interface WorkerReading extends Omit<WorkerUse, 'intervalIndex'> {
  /** That it was told to hold. */
  readonly targetConnections: number
}

/** What is not kept in the tables: a new owner of the run begins with `NO_GUARDRAIL_MEMORY`. */
export type GuardrailMemory = ReadonlyMap<string, WorkerMemory>

interface WorkerMemory {
  /** Intervals in a row that the worker has been over a bound, since it began or since it was last backed off. */
  readonly overFor: number
  /** It was over a bound for the whole patience, and ever since: it was backed off, if it had anything to give up. */
  readonly isRelieved: boolean
  /** It was over for the whole patience once more after that. */
  readonly isCritical: boolean
}

export const NO_GUARDRAIL_MEMORY: GuardrailMemory = new Map()

export interface GuardrailSight {
  readonly guardrails: Guardrails
  readonly memory: GuardrailMemory
  readonly state: GuardrailState | null
  /** One for each serving worker, by group id: who is not named does not count among them. */
  readonly readings: readonly WorkerReading[]
  /** Start of the interval, and now; milliseconds from the agreed start. */
  readonly fromMs: number
  readonly atMs: number
}

export interface GuardrailJudgement {
  readonly memory: GuardrailMemory
  /** The same object as before: nothing has changed. */
  readonly state: GuardrailState | null
  readonly finish: Finish | null
  readonly remarks: readonly string[]
}

const FRESH: WorkerMemory = { overFor: 0, isRelieved: false, isCritical: false }
const MOST_ACTIONS = 20

/**
 * To be called once for each newly settled interval, in order. What is equal to a bound is not over it. HARD: any worker over a bound ends the run at once.
 * SOFT: a worker that is over for `patienceIntervals` in a row is backed off: its ceiling falls by `backOffPercent` of what it holds, at least by one, down
 * to one, and again after each such stretch; what began before a back-off does not count towards the next. One that is over for the whole stretch after a
 * back-off, or after one that found nothing to take away, is critical until it is under again. The run ends when as many of the serving workers are
 * critical at once as `failThreshold` says. A ceiling never rises.
 */
export const judgeGuardrails = (sight: GuardrailSight): GuardrailJudgement => {
  const { guardrails, memory, state } = sight
  if (!guardrails.enabled) return { memory, state, finish: null, remarks: [] }
  return guardrails.mode === 'HARD' ? judgeHard(sight) : judgeSoft(sight)
}

const judgeHard = (sight: GuardrailSight): GuardrailJudgement => {
  const { guardrails, memory, state, readings } = sight
  const over = readings.filter(reading => isOver(reading, guardrails))
  if (over.length === 0) return { memory, state: restated(sight, state?.ceilings ?? {}, [], 'NORMAL'), finish: null, remarks: [] }
  const words = `Guardrail: ${over.map(reading => overWords(reading, guardrails)).join('; ')}`
  return {
    memory,
    state: restated(sight, state?.ceilings ?? {}, [], 'CRITICAL'),
    finish: { reason: 'RESOURCE_EXHAUSTION', words },
    remarks: [],
  }
}

const judgeSoft = (sight: GuardrailSight): GuardrailJudgement => {
  const { guardrails, state, readings, fromMs, atMs } = sight
  const memory = new Map(sight.memory)
  const ceilings: Record<string, number> = { ...state?.ceilings }
  const actions: GuardrailAction[] = []
  for (const reading of readings) {
    const { workerId } = reading
    if (reading.cpuUsedPercent === null && reading.memoryUsedPercent === null) continue
    if (state?.actions.some(action => action.workerId === workerId && action.atMs > fromMs)) continue
    const next = nextMemory(memory.get(workerId) ?? FRESH, isOver(reading, guardrails), guardrails.patienceIntervals)
    memory.set(workerId, next)
    if (!next.isRelieved || next.overFor > 0) continue
    const fromConnections = Math.min(reading.targetConnections, ceilings[workerId] ?? Number.POSITIVE_INFINITY)
    const toConnections = backedOff(fromConnections, guardrails.backOffPercent)
    if (toConnections >= fromConnections) continue
    ceilings[workerId] = toConnections
    const reason = `${overWords(reading, guardrails)}, for ${guardrails.patienceIntervals} intervals`
    actions.push({ atMs, workerId, fromConnections, toConnections, reason })
  }
  const remarks = actions.map(
    one => `${one.workerId} is backed off from ${one.fromConnections} to ${one.toConnections} connections: ${one.reason}`,
  )
  const critical = readings.filter(reading => isOver(reading, guardrails) && memory.get(reading.workerId)?.isCritical === true)
  if (isReached(guardrails.failThreshold, critical.length, readings.length)) {
    const wereBackedOff = critical.every(({ workerId }) => ceilings[workerId] !== undefined)
    const nothing = ({ workerId }: WorkerReading): string =>
      ceilings[workerId] === undefined ? ', and nothing could be taken from it' : ''
    const who = critical.map(reading => `${overWords(reading, guardrails)}${wereBackedOff ? '' : nothing(reading)}`).join('; ')
    const after = wereBackedOff ? ' after a back-off' : ''
    const words = `Guardrail: ${critical.length} of ${readings.length} workers stayed over a bound${after}: ${who}`
    return { memory, state: restated(sight, ceilings, actions, 'CRITICAL'), finish: { reason: 'RESOURCE_EXHAUSTION', words }, remarks }
  }
  return { memory, state: restated(sight, ceilings, actions, wordFor(sight, ceilings, memory)), finish: null, remarks }
}

/** `overFor` is 0 and `isRelieved` true: just now the worker is to be backed off, if it has anything to give up. */
const nextMemory = (before: WorkerMemory, isOverNow: boolean, patience: number): WorkerMemory => {
  if (!isOverNow) return FRESH
  if (before.overFor + 1 < patience) return { ...before, overFor: before.overFor + 1 }
  return { overFor: 0, isRelieved: true, isCritical: before.isRelieved }
}

const backedOff = (connections: number, percent: number): number =>
  Math.max(1, Math.min(connections - 1, Math.floor(connections * (1 - percent / 100))))

const isReached = (threshold: FailThreshold, critical: number, serving: number): boolean => {
  if (critical === 0) return false
  if (threshold === 'ANY') return true
  return threshold === 'ALL' ? critical === serving : critical > serving / 2
}

/** CRITICAL: if those that are over in spite of a back-off, or without anything left for one, stay so, the run fails. */
const wordFor = (
  { guardrails, readings }: GuardrailSight,
  ceilings: Readonly<Record<string, number>>,
  memory: GuardrailMemory,
): GuardrailStateWord => {
  const over = readings.filter(reading => isOver(reading, guardrails))
  const held = over.filter(({ workerId }) => ceilings[workerId] !== undefined || memory.get(workerId)?.isRelieved === true)
  if (isReached(guardrails.failThreshold, held.length, readings.length)) return 'CRITICAL'
  if (over.length > 0) return 'WARNING'
  return Object.keys(ceilings).length > 0 ? 'DEGRADED' : 'NORMAL'
}

const restated = (
  { guardrails, state, readings }: GuardrailSight,
  ceilings: Readonly<Record<string, number>>,
  added: readonly GuardrailAction[],
  word: GuardrailStateWord,
): GuardrailState | null => {
  const workersOverCpu = readings.filter(reading => isOverCpu(reading, guardrails)).length
  const workersOverMemory = readings.filter(reading => isOverMemory(reading, guardrails)).length
  const before = state ?? { state: 'NORMAL', ceilings: {}, workersOverCpu: 0, workersOverMemory: 0, actions: [] }
  const isSame =
    before.state === word &&
    before.workersOverCpu === workersOverCpu &&
    before.workersOverMemory === workersOverMemory &&
    Object.entries(ceilings).every(([workerId, ceiling]) => before.ceilings[workerId] === ceiling)
  if (isSame) return state
  return { state: word, ceilings, workersOverCpu, workersOverMemory, actions: [...before.actions, ...added].slice(-MOST_ACTIONS) }
}

const isOverCpu = ({ cpuUsedPercent }: WorkerReading, { maxCpuPercent }: Guardrails): boolean => (cpuUsedPercent ?? 0) > maxCpuPercent
const isOverMemory = ({ memoryUsedPercent }: WorkerReading, { maxMemoryPercent }: Guardrails): boolean =>
  (memoryUsedPercent ?? 0) > maxMemoryPercent
const isOver = (reading: WorkerReading, guardrails: Guardrails): boolean =>
  isOverCpu(reading, guardrails) || isOverMemory(reading, guardrails)

const overWords = (reading: WorkerReading, guardrails: Guardrails): string => {
  const parts = [
    ...(isOverCpu(reading, guardrails) ? [usedWords(reading.cpuUsedPercent, 'CPU', guardrails.maxCpuPercent)] : []),
    ...(isOverMemory(reading, guardrails) ? [usedWords(reading.memoryUsedPercent, 'memory', guardrails.maxMemoryPercent)] : []),
  ]
  return `${reading.workerId} used ${parts.join(' and ')}`
}

const usedWords = (usedPercent: number | null, of: string, bound: number): string =>
  `${Number((usedPercent ?? 0).toFixed(1))} % of its ${of}, the bound is ${bound} %`
