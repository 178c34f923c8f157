import type { RunWorker } from '../../api/documents/runFields.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { countText, exactText, memoryText, msText, NOT_MEASURED, percentText, qpsText, rateText } from '../../ui/words/numbers.ts'
import { hasEnded, workerLook } from '../../ui/words/statuses.ts'

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

const liveFacts = (worker: RunWorker): readonly Fact[] => [
  { word: 'Status', text: plainWord(worker.status) },
  { word: 'Phase', text: worker.phase === 'MEASUREMENT' ? 'Running' : plainWord(worker.phase) },
  { word: 'Health', text: plainWord(worker.health) },
  {
    word: 'Heartbeat',
    text: worker.lastHeartbeatAgoSeconds === null ? NOT_MEASURED : `${exactText(worker.lastHeartbeatAgoSeconds, 's', 1)} ago`,
  },
  qpsFact(worker),
  ...latencyFacts(worker),
  ...countFacts(worker),
  { word: 'In flight', text: `${countText(worker.activeConnections)} / ${countText(worker.targetConnections)}` },
  { word: 'CPU', text: percentText(worker.cpuPercent), title: '100 % is one core' },
  { word: 'Memory', text: memoryText(worker.memoryMb) },
  { word: 'Loop busy', title: 'Share of time in which the event loop was busy', text: percentText(worker.eventLoopUtilizationPercent) },
  { word: 'Loop delay p99', title: 'Event loop delay, 99th percentile', text: msText(worker.eventLoopDelayP99Ms) },
  { word: 'Client-limited', text: worker.clientLimited ? 'now' : 'no', tone: worker.clientLimited ? 'warn' : undefined },
]

/**
 * What is known of a worker. One that has ended measures nothing any more: its counts stay, and once the run is over its
 * figures of the whole measurement, if there are any.
 */
export const workerFacts = (worker: RunWorker, isOver: boolean): readonly Fact[] => {
  if (!isOver && !hasEnded(worker.status)) return liveFacts(worker)
  const status: Fact = { word: 'Status', text: workerLook(worker.status, worker.health).word }
  if (!isOver || worker.operations === 0) return [status, ...countFacts(worker)]
  return [
    status,
    qpsFact(worker),
    ...latencyFacts(worker),
    ...countFacts(worker),
    { word: 'Client-limited', text: worker.clientLimited ? 'at times' : 'never', tone: worker.clientLimited ? 'warn' : undefined },
  ]
}
