import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { askUntilAnswered } from '../api/askServer.ts'
import { type RunDetail, type RunUpdate, runQuery, runUpdatedSubscription } from '../api/documents/runDocuments.ts'
import type { HistoryPoint, RunWorker } from '../api/documents/runFields.ts'
import type { RunWarehouse, WarehousePoint } from '../api/documents/warehouseFields.ts'
import { followSubscription } from '../api/followSubscription.ts'
import type { ServerProblem } from '../api/serverProblem.ts'
import { useConnection } from './connection.ts'
import { addSilence, type SilentSpans } from './fleetSeen.ts'
import { leavesGap, mergePoints } from './historyPoints.ts'
import { atMostEvery } from './repaint.ts'
import { isActive, isTerminal, newerState, type RunState, stateOfDetail, stateOfUpdate } from './runState.ts'
import { localNowMs, useServerClock } from './serverClock.ts'
import { appendLooks, pointOfWarehouse } from './warehousePoints.ts'

const REPAINT_EVERY_MS = 100
const STALE_AFTER_SECONDS = 3
const HISTORY_POINTS = 900
/** Past this many points the server merges the history anew. */
const POINTS_BEFORE_MERGE = 4_000
/** The warehouse's set-up is recorded with the first look at it, a moment later: so many looks are worth a question for it. */
const LOOKS_WITHOUT_SETUP = 5
/** A mistyped address may name an id that cannot exist. */
const MISSING_CODES: ReadonlySet<string> = new Set(['NOT_FOUND', 'BAD_USER_INPUT'])

/** The run that the page shows: queried once, then kept up to date by its subscription; the same for a live and an ended run. */
export const useLiveRun = defineStore('liveRun', () => {
  const clock = useServerClock()
  const connection = useConnection()

  const detail = shallowRef<RunDetail | null>(null)
  const state = shallowRef<RunState | null>(null)
  const workers = shallowRef<readonly RunWorker[]>([])
  const points = shallowRef<readonly HistoryPoint[]>([])
  const warehouse = shallowRef<RunWarehouse | null>(null)
  const warehousePoints = shallowRef<readonly WarehousePoint[]>([])
  const silence = shallowRef<SilentSpans>(new Map())
  const problem = shallowRef<ServerProblem | null>(null)
  const isMissing = ref(false)
  const heardAtMs = ref<number | null>(null)

  let followedId: string | null = null
  let loadTurn = 0
  let unsubscribe = (): void => {}
  let waiting: RunUpdate[] = []
  /** Points from beyond a gap: shown together with what the query tells about the gap. */
  let held: readonly HistoryPoint[] = []
  let looksWithoutSetup = 0

  const paint = (): void => {
    const updates = waiting
    waiting = []
    const newest = updates.at(-1)
    if (newest === undefined) return
    const arrived = mergePoints(
      held,
      updates.flatMap(update => update.newestPoints),
    )
    const hasGap = leavesGap(points.value, arrived)
    const hasNewGap = hasGap && held.length === 0
    const wasOver = state.value !== null && isTerminal(state.value.status)
    held = hasGap ? arrived : []
    if (!hasGap) points.value = mergePoints(points.value, arrived)
    workers.value = newest.workers
    const { startedAt, serverNow } = newest.run.timing
    if (startedAt !== null) {
      silence.value = addSilence(silence.value, newest.workers, (Date.parse(serverNow) - Date.parse(startedAt)) / 1_000)
    }
    const hasNewLook = newest.run.warehouse !== null && newest.run.warehouse.recordedAt !== (warehouse.value?.recordedAt ?? null)
    const lacksSetup = hasNewLook && detail.value?.warehouseConfig === null && looksWithoutSetup++ < LOOKS_WITHOUT_SETUP
    warehouse.value = newest.run.warehouse
    warehousePoints.value = appendLooks(
      warehousePoints.value,
      updates.map(({ run }) => pointOfWarehouse(run.warehouse, run.timing.startedAt)),
    )
    state.value = newerState(state.value, stateOfUpdate(newest))
    const hasJustEnded = !wasOver && isTerminal(state.value.status)
    if (hasNewGap || hasJustEnded || lacksSetup || points.value.length > POINTS_BEFORE_MERGE) void load()
  }
  const repaint = atMostEvery(REPAINT_EVERY_MS, paint)

  const heard = (update: RunUpdate): void => {
    clock.observe(update.run.timing.serverNow)
    heardAtMs.value = localNowMs()
    waiting.push(update)
    repaint.ask()
  }

  const load = async (): Promise<void> => {
    const id = followedId
    if (id === null) return
    const mine = ++loadTurn
    const answer = await askUntilAnswered(
      runQuery,
      { id, maxPoints: HISTORY_POINTS },
      () => mine === loadTurn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return
    const run = answer.data?.run ?? null
    isMissing.value = run === null && (answer.problem === null || MISSING_CODES.has(answer.problem.code ?? ''))
    problem.value = answer.problem
    const known = [...points.value.slice(-3), ...held]
    points.value = run === null ? mergePoints(points.value, held) : isTerminal(run.status) ? run.history : mergePoints(run.history, known)
    held = []
    if (run === null) return
    clock.observe(run.timing.serverNow)
    heardAtMs.value = localNowMs()
    detail.value = run
    state.value = newerState(state.value, stateOfDetail(run, state.value))
    workers.value = run.workers
    warehouse.value = run.warehouse
    warehousePoints.value = isTerminal(run.status)
      ? run.warehouseHistory
      : appendLooks(run.warehouseHistory, warehousePoints.value.slice(-3))
  }

  const isOver = computed(() => state.value !== null && isTerminal(state.value.status))

  /** Forgets the run; with an id only if that one is still followed. */
  const leave = (id: string | null = followedId): void => {
    if (id !== followedId) return
    followedId = null
    loadTurn++
    unsubscribe()
    unsubscribe = () => {}
    repaint.cancel()
    waiting = []
    held = []
    looksWithoutSetup = 0
    detail.value = null
    state.value = null
    workers.value = []
    points.value = []
    warehouse.value = null
    warehousePoints.value = []
    silence.value = new Map()
    problem.value = null
    isMissing.value = false
    heardAtMs.value = null
  }
  const follow = async (id: string): Promise<void> => {
    leave()
    followedId = id
    await load()
    if (followedId !== id || isMissing.value || isOver.value) return
    unsubscribe = followSubscription(
      runUpdatedSubscription,
      () => ({ runId: id }),
      data => heard(data.runUpdated),
      () => isOver.value,
    )
  }

  watch(
    () => connection.reconnectCount,
    () => {
      if (followedId !== null && !isMissing.value && !isOver.value) void load()
    },
  )

  const ageSeconds = computed(() => (heardAtMs.value === null ? null : Math.max(0, (clock.localMs - heardAtMs.value) / 1_000)))
  const isStale = computed(
    () => state.value !== null && isActive(state.value.status) && ageSeconds.value !== null && ageSeconds.value > STALE_AFTER_SECONDS,
  )
  return {
    detail,
    state,
    workers,
    points,
    warehouse,
    warehousePoints,
    silence,
    problem,
    isMissing,
    isOver,
    ageSeconds,
    isStale,
    follow,
    leave,
    load,
  }
})
