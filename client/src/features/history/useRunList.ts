import { computed, onScopeDispose, ref, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import {
  type RunListFilter,
  type RunListSort,
  type RunRow,
  runCountQuery,
  runListQuery,
  runRowQuery,
  runsChangedSubscription,
} from '../../api/documents/runListDocuments.ts'
import { followSubscription } from '../../api/followSubscription.ts'
import { usePages } from '../../api/usePages.ts'
import { useConnection } from '../../stores/connection.ts'
import { useServerClock } from '../../stores/serverClock.ts'
import { ACTIVE_STATUSES } from './historyFilters.ts'
import { isActiveRow } from './rowFacts.ts'

const PAGE_SIZE = 50
const LARGEST_PAGE = 200
const CHANGES_SETTLE_MS = 250
const ACTIVE_FIGURES_EVERY_MS = 3_000
/** More rows than these are read as a list, not one by one. */
const FEW_ROWS = 6

const pageSize = (wanted: number): number => Math.min(LARGEST_PAGE, Math.max(PAGE_SIZE, wanted))

export interface RunListWish {
  readonly filter: RunListFilter
  readonly sort: RunListSort
}

/**
 * The list of runs, kept up to date: rows that are shown change where they stand; runs that are new come to the top where
 * `isFollowing` says that one looks there, and are counted as `unseen` otherwise. `rowsWanted`: so many are read as fast as they can be.
 */
export const useRunList = (wish: () => RunListWish, isFollowing: () => boolean, rowsWanted: () => number) => {
  const clock = useServerClock()
  const connection = useConnection()
  let rowsRead = 0
  const pages = usePages(
    runListQuery,
    cursor => ({ first: pageSize(rowsWanted() - (cursor === null ? 0 : rowsRead)), after: cursor, ...wish() }),
    data => data.runs,
  )
  const unseen = ref(0)
  const gone = ref(0)
  let readFrom = ''

  const restart = async (): Promise<void> => {
    const before = new Date(clock.nowMs).toISOString()
    await pages.restart()
    readFrom = pages.rows.value[0]?.timing.serverNow ?? before
    unseen.value = 0
    gone.value = 0
  }
  watch(
    () => JSON.stringify(wish()),
    () => void restart(),
    { immediate: true },
  )
  watch(
    pages.rows,
    rows => {
      rowsRead = rows.length
    },
    { flush: 'sync' },
  )
  watch(pages.rows, rows => {
    const newest = rows[0]
    if (newest !== undefined) clock.observe(newest.timing.serverNow)
  })

  /** Takes a row out that is not of this list any more. */
  const drop = (id: string): void => {
    if (!pages.rows.value.some(row => row.id === id)) return
    pages.rows.value = pages.rows.value.filter(row => row.id !== id)
    gone.value++
  }
  const replace = (rows: readonly RunRow[]): void => pages.patch(rows, () => false)
  const readRow = async (id: string): Promise<void> => {
    const { data } = await askServer(runRowQuery, { id })
    if (data?.run == null) return
    if ((data.run.deletedAt !== null) === (wish().filter.deleted === true)) replace([data.run])
    else drop(id)
  }
  const readList = async (wanted: RunListWish, first: number): Promise<void> => {
    const { data } = await askServer(runListQuery, { first, after: null, ...wanted })
    if (data !== null) replace(data.runs.edges.map(edge => edge.node))
  }
  const readShown = (): Promise<void> => readList(wish(), pageSize(pages.rows.value.length))

  /** Of those that the filter lets through. */
  const countNew = async (): Promise<void> => {
    const { filter } = wish()
    if (readFrom === '') return
    const createdFrom = typeof filter.createdFrom === 'string' && filter.createdFrom > readFrom ? filter.createdFrom : readFrom
    const { data } = await askServer(runCountQuery, { filter: { ...filter, createdFrom } })
    if (data !== null) unseen.value = data.runs.totalCount
  }
  const refresh = async (changed: ReadonlySet<string>): Promise<void> => {
    const shown = [...changed].filter(id => pages.rows.value.some(row => row.id === id))
    if (shown.length < changed.size) {
      if (isFollowing()) return restart()
      await countNew()
    }
    if (shown.length > FEW_ROWS) await readShown()
    else await Promise.all(shown.map(readRow))
  }

  const told = new Set<string>()
  let settling: ReturnType<typeof setTimeout> | undefined
  const settle = (): void => {
    clearTimeout(settling)
    settling = setTimeout(() => {
      if (pages.isLoading.value) return settle()
      const changed = new Set(told)
      told.clear()
      void refresh(changed)
    }, CHANGES_SETTLE_MS)
  }
  const unsubscribe = followSubscription(
    runsChangedSubscription,
    () => ({}),
    ({ runsChanged }) => {
      told.add(runsChanged.id)
      settle()
    },
  )
  const polling = setInterval(() => {
    if (document.visibilityState === 'visible' && pages.rows.value.some(isActiveRow))
      void readList({ filter: { status: [...ACTIVE_STATUSES] }, sort: {} }, PAGE_SIZE)
  }, ACTIVE_FIGURES_EVERY_MS)
  watch(
    () => connection.reconnectCount,
    async () => {
      if (isFollowing()) return restart()
      await readShown()
      await countNew()
    },
  )
  onScopeDispose(() => {
    clearTimeout(settling)
    clearInterval(polling)
    unsubscribe()
  })
  return {
    ...pages,
    restart,
    readRow,
    unseen,
    totalCount: computed(() => (pages.totalCount.value === null ? null : pages.totalCount.value - gone.value)),
    loadMore: (): void => {
      if (pages.hasMore.value && !pages.isLoading.value) void pages.loadMore()
    },
    drop,
  }
}
