import { type KindSnapshot, LatencyHistogram, SLO_BOUNDS, type Slo, type SloBound, type SloJudgement } from '@flakebench/contract'
import { addKinds } from './kindSums.ts'

/** Of fewer, one operation alone would be the figure: successful ones for a percentile, any for the error rate. */
const FEWEST: Readonly<Record<SloBound, number>> = { P95: 20, P99: 100, ERROR_RATE: 20 }

/**
 * One judgement for each bound that is set, in the order of the SLOs. Percentiles are of the response times of successful operations, the error rate is
 * in percent of all that ended; what is equal to its limit passes. Of a kind of which too few have ended to say so, the verdict is PENDING; what was
 * observed is told all the same.
 * @param byKind of an interval, a step or the whole measurement; the labels of GENERIC_SQL are judged together
 */
export const judgeSlos = (slos: readonly Slo[], byKind: readonly KindSnapshot[]): SloJudgement[] =>
  slos.flatMap(slo => {
    const limits = SLO_BOUNDS.flatMap(bound => {
      const limit = LIMITS[bound](slo)
      return limit === null ? [] : [{ bound, limit }]
    })
    if (limits.length === 0) return []
    const figures = figuresOf(byKind.filter(one => one.kind === slo.kind))
    return limits.map(({ bound, limit }) => {
      const { observed, samples } = figures[bound]
      const verdict = observed === null || samples < FEWEST[bound] ? 'PENDING' : observed <= limit ? 'PASS' : 'FAIL'
      return { kind: slo.kind, bound, limit, observed, verdict }
    })
  })

const LIMITS: Readonly<Record<SloBound, (slo: Slo) => number | null>> = {
  P95: slo => slo.p95Ms,
  P99: slo => slo.p99Ms,
  ERROR_RATE: slo => slo.errorRatePercent,
}

interface Figure {
  readonly observed: number | null
  /** It is of so many. */
  readonly samples: number
}

const NOTHING: Figure = { observed: null, samples: 0 }

const figuresOf = (labels: readonly KindSnapshot[]): Readonly<Record<SloBound, Figure>> => {
  const [all] = addKinds([labels.map(one => ({ ...one, label: one.kind }))])
  if (all === undefined || all.operations === 0) return { P95: NOTHING, P99: NOTHING, ERROR_RATE: NOTHING }
  const errorRate = { observed: (100 * all.errors) / all.operations, samples: all.operations }
  if (all.latency === null) return { P95: NOTHING, P99: NOTHING, ERROR_RATE: errorRate }
  const latency = LatencyHistogram.decode(all.latency)
  const percentile = (percent: number): Figure => ({ observed: latency.percentileMs(percent), samples: latency.count })
  const figures = { P95: percentile(95), P99: percentile(99), ERROR_RATE: errorRate }
  latency.free()
  return figures
}
