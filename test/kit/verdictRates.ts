import { JUDGED_METRICS, type JudgedMetric } from '../../server/src/decide/compare/judgedMetrics.ts'
import type { Trial } from '../../server/src/decide/compare/trial.ts'
import { type ImaginedSystem, imagineEvidence } from './imaginedEvidence.ts'
import { trialOf, verdictsOf } from './imaginedTrial.ts'
import { seeded } from './seeded.ts'

const CALM: ImaginedSystem = {
  seconds: 60,
  qps: 400,
  memory: 0.3,
  throughputSwing: 0.05,
  latencySwing: 0.05,
  latencySpread: 0.5,
  errorRate: 0.03,
  errorSwing: 0.1,
  drift: 0,
  burstEverySeconds: null,
}

/** A system, and the metrics of which each 10 % are found in runs of it; of the others it is sometimes said that there is too little to tell. */
export interface VerdictModel {
  readonly name: string
  readonly system: ImaginedSystem
  readonly finds: readonly JudgedMetric[]
}

/** Levels with a little and with much memory, a common drift, bursts as of checkpoints; from one minute to ten. */
export const VERDICT_MODELS: readonly VerdictModel[] = [
  { name: 'calm, 1 min', system: CALM, finds: ['QPS', 'P50', 'P95', 'MEAN'] },
  { name: 'swinging, 1 min', system: { ...CALM, qps: 300, memory: 0.8 }, finds: [] },
  {
    name: 'swinging, 3 min',
    system: { ...CALM, seconds: 180, qps: 250, memory: 0.8 },
    finds: ['QPS', 'P50', 'P95', 'MEAN'],
  },
  { name: 'drifting, 5 min', system: { ...CALM, seconds: 300, qps: 150, memory: 0.6, drift: 0.1 }, finds: ['QPS', 'P50', 'P95', 'MEAN'] },
  {
    name: 'in bursts, 10 min',
    system: { ...CALM, seconds: 600, qps: 80, memory: 0.7, throughputSwing: 0.08, latencySwing: 0.08, burstEverySeconds: 45 },
    finds: ['QPS', 'P50'],
  },
  { name: 'calm, 10 min', system: { ...CALM, seconds: 600, qps: 160, errorRate: 0.06 }, finds: JUDGED_METRICS },
]

/** Swings so slow that a run holds three of them: it cannot show by itself how far the next comes out differently. Single runs are told apart in 8 to 21 of 100 equal pairs. */
export const SLOW: ImaginedSystem = { ...CALM, qps: 300, memory: 0.95 }

/** Counts of pairs. */
export interface VerdictRates {
  readonly pairs: number
  /** Of equal systems: a difference was called. */
  readonly falselyCalled: number
  /** Of equal systems: not comparable, for want of samples. */
  readonly untold: number
  /** Of systems of which one is 10 % worse: WORSE. */
  readonly found: number
  /** Of the same: BETTER, or no evidence of a difference. */
  readonly wrong: number
}

/**
 * What is said of pairs of runs of one system, and of pairs of which the second is 10 % worse in everything. The second of an equal pair is the first of the
 * next: a run takes longer to make than a verdict.
 */
export const rateVerdicts = (system: ImaginedSystem, pairs: number, seed: number): ReadonlyMap<JudgedMetric, VerdictRates> => {
  const rates = emptyRates(pairs)
  const imagine = (own: number, worse: number): Trial => trialOf(String(own), imagineEvidence(system, own, worse))
  let one = imagine(seed, 0)
  for (let pair = 0; pair < pairs; pair++) {
    const other = imagine(seed + 2 * pair + 2, 0)
    const worse = imagine(seed + 2 * pair + 1, 0.1)
    count(rates, verdictsOf([one], [other]), verdictsOf([one], [worse]))
    one = other
  }
  return rates
}

const POOL = 40

/**
 * The same of pairs that are drawn, with so many others of the same configurations each, from a few runs of the system and a few that are 10 % worse: to make
 * runs takes long, to judge them does not.
 */
export const rateAmongOthers = (
  system: ImaginedSystem,
  others: number,
  pairs: number,
  seed: number,
): ReadonlyMap<JudgedMetric, VerdictRates> => {
  const pool = (worse: number): Trial[] =>
    Array.from({ length: POOL }, (_, i) => {
      const own = seed + 2 * i + (worse > 0 ? 1 : 0)
      return trialOf(String(own), imagineEvidence(system, own, worse))
    })
  const [plain, slower] = [pool(0), pool(0.1)]
  const random = seeded(seed)
  const rates = emptyRates(pairs)
  for (let pair = 0; pair < pairs; pair++) {
    const left = { plain: [...plain], slower: [...slower] }
    const take = (from: Trial[], count: number): Trial[] =>
      Array.from({ length: count }, () => from.splice(random.whole(0, from.length - 1), 1)[0] as Trial)
    const [one, other, worse] = [take(left.plain, 1), take(left.plain, 1), take(left.slower, 1)]
    const [ofOne, ofOther, ofWorse] = [take(left.plain, others), take(left.plain, others), take(left.slower, others)]
    count(rates, verdictsOf(one, other, [ofOne, ofOther]), verdictsOf(one, worse, [ofOne, ofWorse]))
  }
  return rates
}

type Rates = Map<JudgedMetric, { -readonly [K in keyof VerdictRates]: VerdictRates[K] }>

const emptyRates = (pairs: number): Rates =>
  new Map(JUDGED_METRICS.map(metric => [metric, { pairs, falselyCalled: 0, untold: 0, found: 0, wrong: 0 }]))

type Said = ReturnType<typeof verdictsOf>

const count = (rates: Rates, equal: Said, shifted: Said): void => {
  for (const [metric, rate] of rates) {
    const [ofEqual, ofShifted] = [equal.get(metric)?.outcome, shifted.get(metric)?.outcome]
    if (ofEqual === 'BETTER' || ofEqual === 'WORSE') rate.falselyCalled += 1
    if (ofEqual === 'NOT_COMPARABLE') rate.untold += 1
    if (ofShifted === 'WORSE') rate.found += 1
    if (ofShifted === 'BETTER' || ofShifted === 'NO_EVIDENCE') rate.wrong += 1
  }
}
