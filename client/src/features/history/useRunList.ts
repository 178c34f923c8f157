import { onScopeDispose, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import { type RunListFilter, type RunRow, runListQuery, runsChangedSubscription } from '../../api/documents/runListDocuments.ts'
import { followSubscription } from '../../api/followSubscription.ts'
import { usePages } from '../../api/usePages.ts'
import { useConnection } from '../../stores/connection.ts'
import { useServerClock } from '../../stores/serverClock.ts'
import { ACTIVE_STATUSES } from './historyFilters.ts'

const PAGE_SIZE = 50
const CHANGES_SETTLE_MS = 250
const ACTIVE_FIGURES_EVERY_MS = 3_000

const isActiveRow = (row: RunRow): boolean => ACTIVE_STATUSES.some(status => status === row.status)

/** The list of runs, kept up to date: changes of state as they are told, figures of active runs every three seconds. */
export const useRunList = (filter: () => RunListFilter) => {
  const clock = useServerClock()
  const connection = useConnection()
  const pages = usePages(
    runListQuery,
    cursor => ({ first: PAGE_SIZE, after: cursor, filter: filter() }),
    data => data.runs,
  )
  watch(filter, () => void pages.restart(), { immediate: true })
  watch(pages.rows, rows => {
    const newest = rows[0]
    if (newest !== undefined) clock.observe(newest.timing.serverNow)
  })

  /** With one page shown it is simply read anew; with more of them the reader's place is kept and the head is patched. */
  const readHead = async (): Promise<void> => {
    if (pages.rows.value.length <= PAGE_SIZE) return pages.restart()
    const { data } = await askServer(runListQuery, { first: PAGE_SIZE, after: null, filter: filter() })
    if (data !== null)
      pages.patch(
        data.runs.edges.map(edge => edge.node),
        () => true,
      )
  }
  const readActive = async (): Promise<void> => {
    const { data } = await askServer(runListQuery, { first: PAGE_SIZE, after: null, filter: { status: [...ACTIVE_STATUSES] } })
    if (data !== null)
      pages.patch(
        data.runs.edges.map(edge => edge.node),
        () => false,
      )
  }

  let settling: ReturnType<typeof setTimeout> | undefined
  const unsubscribe = followSubscription(
    runsChangedSubscription,
    () => ({}),
    () => {
      clearTimeout(settling)
      settling = setTimeout(() => void readHead(), CHANGES_SETTLE_MS)
    },
  )
  const polling = setInterval(() => {
    if (document.visibilityState === 'visible' && pages.rows.value.some(isActiveRow)) void readActive()
  }, ACTIVE_FIGURES_EVERY_MS)
  watch(
    () => connection.reconnectCount,
    () => void readHead(),
  )
  onScopeDispose(() => {
    clearTimeout(settling)
    clearInterval(polling)
    unsubscribe()
  })
  return pages
}
