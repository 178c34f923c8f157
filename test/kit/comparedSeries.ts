import type { Choice, Series, SeriesMetric, SeriesQuestion } from '../../client/src/api/documents/compareDocuments.ts'
import { seeded } from './seeded.ts'

/** A made-up run of a comparison. */
export interface ComparedCase {
  readonly id: string
  readonly name: string
  readonly number: number
  readonly status: Choice['status']
  readonly reason: string | null
  readonly warmupSeconds: number
  readonly measuredSeconds: number
  readonly qps: number
  readonly p50Ms: number
  readonly errorsPerSecond: number
  /** Seconds of the measurement in which nothing was recorded. */
  readonly gap: readonly [from: number, to: number] | null
  readonly fingerprint: string
  readonly connections: number
  readonly workers: number
  readonly deletedAt: string | null
  readonly isPinned: boolean
  /** The most connections that its search found. */
  readonly found: number | null
}

export const comparedCase = (place: number, change: Partial<ComparedCase> = {}): ComparedCase => ({
  id: `01COMPARED${place}`,
  name: 'checkout-mixed',
  number: 41 + place,
  status: 'COMPLETED',
  reason: null,
  warmupSeconds: 30,
  measuredSeconds: 300,
  qps: 18_000 * (1 + 0.09 * place),
  p50Ms: 1.4 / (1 + 0.12 * place),
  errorsPerSecond: place === 0 ? 0 : 0.4 * place,
  gap: null,
  fingerprint: `configuration ${place}`,
  connections: 32 * (1 + place),
  workers: 2,
  deletedAt: null,
  isPinned: false,
  found: null,
  ...change,
})

const LEVELS: Readonly<
  Partial<Record<SeriesMetric, (run: ComparedCase) => { readonly level: number; readonly spread: number; readonly isWhole?: boolean }>>
> = {
  QPS: run => ({ level: run.qps, spread: 0.06 }),
  P50: run => ({ level: run.p50Ms, spread: 0.05 }),
  P95: run => ({ level: run.p50Ms * 2.4, spread: 0.12 }),
  P99: run => ({ level: run.p50Ms * 5.2, spread: 0.25 }),
  MAX: run => ({ level: run.p50Ms * 18, spread: 0.7 }),
  ERRORS_PER_SECOND: run => ({ level: run.errorsPerSecond, spread: 1 }),
  ACTIVE_CONNECTIONS: run => ({ level: run.connections, spread: 0.02, isWhole: true }),
  TARGET_CONNECTIONS: run => ({ level: run.connections, spread: 0, isWhole: true }),
  CPU_PERCENT: () => ({ level: 62, spread: 0.1 }),
  EVENT_LOOP_DELAY: () => ({ level: 1.8, spread: 0.4 }),
}

/** Every interval of a metric of a run, from the measurement's start; the same each time. */
const wholeSeries = (run: ComparedCase, metric: SeriesMetric): Pick<Series, 'seconds' | 'values'> => {
  const look = LEVELS[metric]?.(run)
  if (look === undefined) return { seconds: [], values: [] }
  const random = seeded(run.number * 100 + metric.length * 7 + metric.charCodeAt(metric.length - 1))
  const [seconds, values]: [number[], (number | null)[]] = [[], []]
  let drift = 0
  for (let second = 1 - run.warmupSeconds; second <= run.measuredSeconds; second++) {
    drift = drift * 0.97 + random.normal() * 0.25
    const ramp = second < 0 ? 1 - 0.35 * (-second / Math.max(run.warmupSeconds, 1)) : 1
    const peak = random.fraction() < 0.004 ? 1.9 : 1
    const value = Math.max(0, look.level * ramp * peak * (1 + look.spread * (0.4 * drift + 0.6 * random.normal())))
    const isGap = run.gap !== null && second >= run.gap[0] && second < run.gap[1]
    seconds.push(second)
    values.push(isGap ? null : look.isWhole ? Math.round(value) : value)
  }
  return { seconds, values }
}

/** Of each stretch the lowest and the highest, and each gap once. */
const thinned = ({ seconds, values }: Pick<Series, 'seconds' | 'values'>, maxPoints: number): Pick<Series, 'seconds' | 'values'> => {
  if (seconds.length <= maxPoints) return { seconds, values }
  const size = Math.ceil(seconds.length / (maxPoints / 2))
  const kept: number[] = []
  for (let from = 0; from < seconds.length; from += size) {
    let [low, high, gap] = [-1, -1, -1]
    for (let at = from; at < Math.min(from + size, seconds.length); at++) {
      const value = values[at]
      if (value === null || value === undefined) gap = at
      else {
        if (low < 0 || value < (values[low] ?? 0)) low = at
        if (high < 0 || value > (values[high] ?? 0)) high = at
      }
    }
    kept.push(...[...new Set([low, high, gap])].filter(at => at >= 0).sort((a, b) => a - b))
  }
  return { seconds: kept.map(at => seconds[at] ?? 0), values: kept.map(at => values[at] ?? null) }
}

/** Answers `series` of made-up runs, as the server does. */
export const answerSeries = (runs: readonly ComparedCase[]) => {
  const all = new Map<string, Pick<Series, 'seconds' | 'values'>>()
  const read = (run: ComparedCase, metric: SeriesMetric): Pick<Series, 'seconds' | 'values'> => {
    const key = `${run.id} ${metric}`
    const known = all.get(key) ?? wholeSeries(run, metric)
    all.set(key, known)
    return known
  }
  return ({ runIds, metrics, maxPoints, fromSeconds, toSeconds, align }: SeriesQuestion): readonly Series[] =>
    (runIds as readonly string[]).flatMap(runId => {
      const run = runs.find(each => each.id === runId)
      if (run === undefined) throw new Error(`No run ${runId}.`)
      const shift = align === 'RUN_START' ? run.warmupSeconds : 0
      return (metrics as readonly SeriesMetric[]).map(metric => {
        const whole = read(run, metric)
        const inside = whole.seconds.flatMap((second, at) =>
          second + shift >= (fromSeconds ?? Number.NEGATIVE_INFINITY) && second + shift <= (toSeconds ?? Number.POSITIVE_INFINITY)
            ? [at]
            : [],
        )
        const stretch = { seconds: inside.map(at => (whole.seconds[at] ?? 0) + shift), values: inside.map(at => whole.values[at] ?? null) }
        return { runId, metric, intervals: inside.length, ...(maxPoints == null ? stretch : thinned(stretch, maxPoints)) }
      })
    })
}
