import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { askUntilAnswered } from '../../api/askServer.ts'
import { type LogLevel, type LogLine, runLogsQuery, runLogsSubscription } from '../../api/documents/logDocuments.ts'
import { followSubscription } from '../../api/followSubscription.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { atMostEvery } from '../../stores/repaint.ts'
import { addLines } from './logLines.ts'

const PAGE = 500
const PAGES_AT_ONCE = 10
const REPAINT_EVERY_MS = 100

export interface LogFilter {
  readonly levels: readonly LogLevel[]
  /** Null: all of them. */
  readonly sources: readonly string[] | null
}

/** The lines of a run that the filter lets through: those there are by query, page by page, and then each new one as it appears. */
export const useRunLogs = (runId: () => string, filter: () => LogFilter, isOver: () => boolean) => {
  const lines = shallowRef<readonly LogLine[]>([])
  const sources = shallowRef<readonly string[]>([])
  const problem = shallowRef<ServerProblem | null>(null)
  const hasMore = ref(false)
  const isLoading = ref(true)

  let turn = 0
  let unsubscribe = (): void => {}
  let cursor: string | null = null
  let waiting: LogLine[] = []

  const show = (arrived: readonly LogLine[]): void => {
    lines.value = addLines(lines.value, arrived)
    const known = new Set([...sources.value, ...arrived.map(line => line.source)])
    if (known.size > sources.value.length) sources.value = [...known].sort()
  }
  const repaint = atMostEvery(REPAINT_EVERY_MS, () => {
    const arrived = waiting
    waiting = []
    show(arrived)
  })
  const variables = () => ({ levels: [...filter().levels], sources: filter().sources === null ? null : [...(filter().sources ?? [])] })

  const newestSeq = (): string | null =>
    [...lines.value.slice(-1), ...waiting].reduce<string | null>((top, { seq }) => (top === null || seq > top ? seq : top), cursor)

  const follow = (): void => {
    // The last lines are written some seconds after the end: the server ends the subscription by itself.
    unsubscribe = followSubscription(
      runLogsSubscription,
      () => ({ runId: runId(), afterSeq: newestSeq(), ...variables() }),
      data => {
        waiting.push(...data.runLogs)
        repaint.ask()
      },
      isOver,
    )
  }
  const readPages = async (): Promise<void> => {
    const mine = turn
    // No levels would be all of them.
    if (filter().levels.length === 0) {
      isLoading.value = false
      return
    }
    isLoading.value = true
    for (let page = 0; page < PAGES_AT_ONCE || !isOver(); page++) {
      const answer = await askUntilAnswered(
        runLogsQuery,
        { id: runId(), first: PAGE, after: cursor, ...variables() },
        () => mine === turn,
        found => {
          problem.value = found
        },
      )
      if (answer === null) return
      problem.value = answer.problem
      const log = answer.data?.run?.logs
      if (log === undefined) break
      show(log.lines)
      cursor = log.endCursor ?? cursor
      hasMore.value = log.hasMore
      if (!log.hasMore) break
    }
    isLoading.value = false
    if (!hasMore.value && problem.value === null) follow()
  }
  const leave = (): void => {
    turn++
    unsubscribe()
    unsubscribe = () => {}
    repaint.cancel()
    waiting = []
  }
  const restart = (): void => {
    leave()
    cursor = null
    lines.value = []
    hasMore.value = false
    void readPages()
  }
  watch([runId, () => JSON.stringify(filter())], restart, { immediate: true })
  onScopeDispose(leave)
  return { lines, sources, problem, hasMore, isLoading, readMore: readPages }
}
