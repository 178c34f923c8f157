import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import { compareSeriesQuery, type Series, type SeriesMetric } from '../../api/documents/compareDocuments.ts'
import type { CompareView, TimeWindow } from './compareView.ts'
import { NO_POINTS, type Points, pointsIn, refined } from './seriesPoints.ts'
import { askedAround, isWholeWindow, serves } from './timeWindow.ts'

export const SETTLE_MS = 180

interface SeriesAsked {
  readonly runIds: readonly string[]
  readonly metrics: readonly SeriesMetric[]
  readonly align: CompareView['align']
  readonly maxPoints: number
  readonly window: TimeWindow
  readonly whole: TimeWindow
  /** Counts how often there was more to read than before. */
  readonly revision: number
}

type Kept = ReadonlyMap<string, Points>
interface Fine {
  readonly stretch: TimeWindow
  readonly points: Kept
}

export const lineKey = (runId: string, metric: SeriesMetric): string => `${runId} ${metric}`

const kept = (series: readonly Series[]): Kept => new Map(series.map(each => [lineKey(each.runId, each.metric), pointsIn(each)]))

/**
 * What the charts draw. Of each metric the whole is read once, as many points as the width can show; a window that is looked at
 * more closely is read again soon after it stands still, and is shown from the coarse points until then.
 */
export const useSeries = (asked: () => SeriesAsked) => {
  const coarse = shallowRef<Kept>(new Map())
  const fine = shallowRef<Fine | null>(null)
  const problem = ref<string | null>(null)
  const isLoading = ref(true)
  let settling: ReturnType<typeof setTimeout> | undefined
  let subject = ''
  let turn = 0

  const read = async (metrics: readonly SeriesMetric[], stretch: TimeWindow | null, maxPoints: number | null): Promise<Kept | null> => {
    const { runIds, align } = asked()
    const before = subject
    const answer = await askServer(compareSeriesQuery, {
      runIds: [...runIds],
      metrics: [...metrics],
      align,
      maxPoints,
      fromSeconds: stretch?.from ?? null,
      toSeconds: stretch?.to ?? null,
    })
    if (before !== subject) return null
    problem.value = answer.problem?.text ?? null
    return answer.data === null ? null : kept(answer.data.series)
  }

  const isThere = (metric: SeriesMetric, points: Kept): boolean => asked().runIds.some(id => points.has(lineKey(id, metric)))

  const readCoarse = async (): Promise<void> => {
    const missing = asked().metrics.filter(metric => !isThere(metric, coarse.value))
    if (missing.length === 0) {
      isLoading.value = false
      return
    }
    isLoading.value = true
    const points = await read(missing, null, asked().maxPoints)
    if (points === null) return
    coarse.value = new Map([...coarse.value, ...points])
    isLoading.value = false
  }

  /** All that is shown, once more: what was read stays until then. */
  const readAnew = async (): Promise<void> => {
    const points = await read(asked().metrics, null, asked().maxPoints)
    if (points === null) return
    fine.value = null
    coarse.value = points
  }

  const readFine = async (): Promise<void> => {
    const mine = ++turn
    const { runIds, metrics, window, whole, maxPoints } = asked()
    const closer = metrics.filter(metric => runIds.some(id => coarse.value.get(lineKey(id, metric))?.isWhole === false))
    if (isWholeWindow(window, whole) || closer.length === 0) return
    const known = fine.value
    if (known !== null && serves(known.stretch, window) && closer.every(metric => isThere(metric, known.points))) return
    const stretch = askedAround(window, whole)
    const times = Math.ceil((stretch.to - stretch.from) / (window.to - window.from))
    const points = await read(closer, stretch, maxPoints * times)
    if (points !== null && mine === turn) fine.value = { stretch, points }
  }

  watch(
    () => JSON.stringify([asked().runIds, asked().align]),
    now => {
      subject = now
      coarse.value = new Map()
      fine.value = null
    },
    { immediate: true, flush: 'sync' },
  )
  watch(() => [subject, asked().metrics.join(), asked().runIds.join(), asked().align].join(), readCoarse, { immediate: true })
  watch(() => asked().revision, readAnew)
  watch(
    () => [asked().window.from, asked().window.to, asked().maxPoints, coarse.value] as const,
    () => {
      clearTimeout(settling)
      settling = setTimeout(readFine, SETTLE_MS)
    },
  )
  onScopeDispose(() => {
    clearTimeout(settling)
    subject = 'over'
  })

  const points = computed<Kept>(() => {
    const closer = fine.value
    if (closer === null) return coarse.value
    return new Map(
      [...coarse.value].map(([key, wide]) => {
        const near = closer.points.get(key)
        return [key, near === undefined ? wide : refined(wide, near, closer.stretch)]
      }),
    )
  })
  return {
    pointsOf: (runId: string, metric: SeriesMetric): Points => points.value.get(lineKey(runId, metric)) ?? NO_POINTS,
    isLoading,
    problem,
    /** All points of a metric, for a file; null where the server did not give them, which `problem` tells. */
    readAll: (metrics: readonly SeriesMetric[]): Promise<Kept | null> => read(metrics, null, null),
  }
}
