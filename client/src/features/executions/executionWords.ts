import type { Execution } from '../../api/documents/executionDocuments.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { plainWord } from '../../ui/words/kinds.ts'
import { bytesText, countText, exactText, msText } from '../../ui/words/numbers.ts'

const ms = (word: string, value: number | null | undefined, title?: string): readonly Fact[] =>
  value === null || value === undefined
    ? []
    : [{ word, text: msText(value), title: [title, exactText(value, 'ms', 6)].filter(Boolean).join(': ') }]

/** 1:05.204, from the agreed start. */
export const momentOfRun = (seconds: number): string => {
  const sign = seconds < 0 ? '−' : ''
  const wholeMs = Math.round(Math.abs(seconds) * 1_000)
  const hours = Math.floor(wholeMs / 3_600_000)
  const minutes = Math.floor(wholeMs / 60_000) % 60
  const rest = ((wholeMs % 60_000) / 1_000).toFixed(3).padStart(6, '0')
  return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${sign}${minutes}:${rest}`
}

/** How it went, in a word. */
export const outcomeWord = ({ success, errorCategory }: Execution): string =>
  success ? 'OK' : errorCategory === null ? 'Failed' : plainWord(errorCategory)

export const executionFacts = (execution: Execution): readonly Fact[] => [
  { word: 'Ended', text: momentOfRun(execution.endSeconds), title: `${exactText(execution.endSeconds, 's', 6)} from the agreed start` },
  {
    word: 'Started',
    text: momentOfRun(execution.startSeconds),
    title: `${exactText(execution.startSeconds, 's', 6)} from the agreed start`,
  },
  {
    word: 'Intended start',
    text: momentOfRun(execution.intendedStartSeconds),
    title: `When the schedule said: ${exactText(execution.intendedStartSeconds, 's', 6)} from the agreed start`,
  },
  ...ms('Response time', execution.responseMs, 'From the intended start'),
  ...ms('Service time', execution.serviceMs, 'From the actual start'),
  ...ms('Waited', execution.responseMs - execution.serviceMs, 'From the intended start to the actual one'),
  { word: 'Phase', text: plainWord(execution.phase) },
  {
    word: 'Counted',
    text: execution.counted ? 'yes' : 'no',
    title: 'Whether it is in the figures of its phase: it started and ended inside it',
  },
  { word: 'Rows', text: countText(execution.rows) },
  { word: 'Worker', text: execution.workerId },
  { word: 'Connection', text: countText(execution.connection) },
  { word: 'Sent again', text: execution.retried ? 'yes' : 'no', title: 'By the driver itself; its pauses are in the response time' },
]

/** What the server recorded of it, as far as it did. */
export const serverFacts = ({ server, responseMs }: Execution): readonly Fact[] => {
  if (server === null) return []
  return [
    ...ms('Total', server.totalMs, 'In the server'),
    ...ms('Overhead', responseMs - server.totalMs, 'Response time less the server’s time: network, driver, this program'),
    ...ms('Compiling', server.compilationMs),
    ...ms('Executing', server.executionMs),
    ...ms('Queued, load', server.queuedOverloadMs, 'For other statements on the warehouse'),
    ...ms('Queued, start', server.queuedProvisioningMs, 'For the warehouse itself'),
    ...ms('Blocked', server.blockedMs, 'By a transaction'),
    ...(server.bytesScanned === null
      ? []
      : [{ word: 'Scanned', text: bytesText(server.bytesScanned), title: exactText(server.bytesScanned, 'bytes') }]),
    ...(server.rowsProduced === null ? [] : [{ word: 'Rows produced', text: countText(server.rowsProduced) }]),
    ...(server.clusterNumber === null ? [] : [{ word: 'Cluster', text: countText(server.clusterNumber) }]),
  ]
}

/** What the CSV of the page holds, in a word and in a sentence. */
export const csvWords = (filters: number): { readonly word: string; readonly title: string } => ({
  word: filters > 0 ? 'CSV of all that match' : 'CSV of all',
  title: `Every execution${filters > 0 ? ' that the filter lets through' : ' of the run'}, in the order shown: also those not read here yet`,
})
