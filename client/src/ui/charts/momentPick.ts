import type { InjectionKey, Ref } from 'vue'

/** What opens when the reader picks a moment of a chart over the time of a run; provided by a page that has something to show. */
interface MomentPick {
  readonly isOn: Readonly<Ref<boolean>>
  readonly open: (elapsedSeconds: number) => void
}

export const MOMENT_PICK: InjectionKey<MomentPick> = Symbol('momentPick')

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
