import type { RunWorker } from '../../api/documents/runFields.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { countText, exactText, memoryText, msText, NOT_MEASURED, percentText, qpsText, rateText } from '../../ui/words/numbers.ts'
import { hasEnded, workerLook } from '../../ui/words/statuses.ts'
import { workerLimitText } from './limitWords.ts'
import { spoolFacts } from './spoolWords.ts'

const latencyFacts = ({ p50Ms, p95Ms, p99Ms }: RunWorker): readonly Fact[] => [
  { word: 'p50', text: msText(p50Ms), title: exactText(p50Ms, 'ms') },
  { word: 'p95', text: msText(p95Ms), title: exactText(p95Ms, 'ms') },
  { word: 'p99', text: msText(p99Ms), title: exactText(p99Ms, 'ms') },
]

const qpsFact = ({ qps }: RunWorker): Fact => ({ word: 'QPS', text: qpsText(qps), title: exactText(qps, '/s') })

const countFacts = ({ operations, errors, errorRate }: RunWorker): readonly Fact[] => [
  { word: 'Operations', text: countText(operations) },
  {
    word: 'Errors',
    text: operations === 0 ? countText(errors) : `${countText(errors)} · ${rateText(errorRate)}`,
    tone: errors > 0 ? 'bad' : undefined,
  },
]

/** What its guardrail lets it hold, if that is less than it is wanted to. */
const ceilingFacts = ({ connectionCeiling }: RunWorker): readonly Fact[] =>
  connectionCeiling === null
    ? []
    : [{ word: 'Ceiling', text: countText(connectionCeiling), title: 'Connections that the guardrails let it hold', tone: 'warn' }]

const usedFact = (word: string, usedPercent: number | null, title: string): readonly Fact[] =>
  usedPercent === null ? [] : [{ word, text: percentText(usedPercent), title }]

/** What it measured of itself before the start, as far as it did. */
const floorFacts = ({ floorMs, schedulingP99Ms, startOffsetMs }: RunWorker): readonly Fact[] => [
  ...(floorMs === null
    ? []
    : [{ word: 'Floor', text: msText(floorMs), title: 'Fastest round trip of the cheapest statement, before the start' }]),
  ...(schedulingP99Ms === null
    ? []
    : [{ word: 'Own lateness p99', text: msText(schedulingP99Ms), title: 'How late its own clock was before the start' }]),
  ...(startOffsetMs === null
    ? []
    : [{ word: 'Began after', text: msText(startOffsetMs), title: 'First operation sent, from the agreed start' }]),
]

const liveFacts = (worker: RunWorker): readonly Fact[] => [
  { word: 'Status', text: plainWord(worker.status) },
  { word: 'Phase', text: worker.phase === 'MEASUREMENT' ? 'Running' : plainWord(worker.phase) },
  { word: 'Health', text: plainWord(worker.health), title: `Standing: ${plainWord(worker.standing).toLowerCase()}` },
  {
    word: 'Heartbeat',
    text: worker.lastHeartbeatAgoSeconds === null ? NOT_MEASURED : `${exactText(worker.lastHeartbeatAgoSeconds, 's', 1)} ago`,
  },
  qpsFact(worker),
  ...latencyFacts(worker),
  ...countFacts(worker),
  { word: 'In flight', text: `${countText(worker.activeConnections)} / ${countText(worker.targetConnections)}` },
  ...ceilingFacts(worker),
  { word: 'CPU, of a core', text: percentText(worker.cpuPercent), title: '100 % is one core' },
  ...usedFact('CPU, of its share', worker.cpuUsedPercent, 'Of the CPU that it may use: what guardrails look at'),
  { word: 'Memory', text: memoryText(worker.memoryMb) },
  ...usedFact('Memory, of its share', worker.memoryUsedPercent, 'Of the memory that it may use'),
  { word: 'Loop busy', title: 'Share of time in which the event loop was busy', text: percentText(worker.eventLoopUtilizationPercent) },
  { word: 'Loop delay p99', title: 'Event loop delay, 99th percentile', text: msText(worker.eventLoopDelayP99Ms) },
  {
    word: 'Client-limited',
    text: worker.clientLimited ? workerLimitText(worker) || 'now' : 'no',
    tone: worker.clientLimited ? 'warn' : undefined,
  },
  ...floorFacts(worker),
  ...spoolFacts(worker.spool),
]

/**
 * What is known of a worker. One that has ended measures nothing any more: its counts stay, and once the run is over its
 * figures of the whole measurement, if there are any.
 */
export const workerFacts = (worker: RunWorker, isOver: boolean): readonly Fact[] => {
  if (!isOver && !hasEnded(worker.status)) return liveFacts(worker)
  const status: Fact = { word: 'Status', text: workerLook(worker.status, worker.health, worker.standing).word }
  if (!isOver || worker.operations === 0) return [status, ...countFacts(worker), ...spoolFacts(worker.spool)]
  return [
    status,
    qpsFact(worker),
    ...latencyFacts(worker),
    ...countFacts(worker),
    { word: 'Client-limited', text: worker.clientLimited ? 'at times' : 'never', tone: worker.clientLimited ? 'warn' : undefined },
    ...floorFacts(worker),
    ...spoolFacts(worker.spool),
  ]
}
