import type { InjectionKey, Ref } from 'vue'

/** What opens when the reader picks a moment of a chart over the time of a run; provided by a page that has something to show. */
interface MomentPick {
  readonly isOn: Readonly<Ref<boolean>>
  readonly open: (elapsedSeconds: number, part: MomentPart) => void
}

/** What of a moment was picked. */
export interface MomentPart {
  /** What the chart shows, where that is less than all of the moment. */
  readonly subject: string | null
  /** The bar that was hit. */
  readonly key: string | null
}

export const MOMENT_PICK: InjectionKey<MomentPick> = Symbol('momentPick')

interface Bar {
  readonly key?: string | undefined
  readonly isBar?: boolean | undefined
  readonly points: readonly (readonly [elapsedSeconds: number, value: number | null])[]
}

/** The key of the bar, on top of those before it, that reaches over this value at the moment nearest to `seconds`; null: none does. */
export const barAt = (series: readonly Bar[], seconds: number, value: number): string | null => {
  const bars = series.filter(each => each.isBar)
  const moment = (bars[0]?.points ?? []).reduce((nearest, [at], index, points) => {
    const best = points[nearest]?.[0] ?? Number.POSITIVE_INFINITY
    return Math.abs(at - seconds) < Math.abs(best - seconds) ? index : nearest
  }, -1)
  let top = 0
  for (const { key, points } of bars) {
    const height = points[moment]?.[1] ?? 0
    if (value >= top && value < top + height) return key ?? null
    top += height
  }
  return null
}

interface Drawn {
  readonly points: readonly (readonly [elapsedSeconds: number, value: number | null])[]
}

/** The line that the keyboard walks along: the one with the most points, and which of them have a value. */
export const walkedPoints = (series: readonly Drawn[]): { readonly seriesAt: number; readonly dataAt: readonly number[] } => {
  const valued = series.map(({ points }) => points.flatMap(([, value], at) => (value === null ? [] : [at])))
  const seriesAt = valued.reduce((best, each, at) => (each.length > (valued[best]?.length ?? 0) ? at : best), 0)
  return { seriesAt, dataAt: valued[seriesAt] ?? [] }
}

/** Where a key leads from the point at `at` of so many; null before the first key. */
export const nextPoint = (at: number | null, count: number, key: string): number | null => {
  if (count === 0) return null
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  if (at === null) return key === 'ArrowLeft' ? count - 1 : 0
  return Math.min(count - 1, Math.max(0, at + (key === 'ArrowRight' ? 1 : -1)))
}
