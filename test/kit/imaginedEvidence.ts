import type { Evidence, EvidenceBlock } from '@flakebench/contract'
import { type Seeded, seeded } from './seeded.ts'

/** How an imagined system behaves. Levels swing as a first-order autoregression from second to second. */
export interface ImaginedSystem {
  readonly seconds: number
  readonly qps: number
  /** Correlation of the levels of neighbouring seconds. */
  readonly memory: number
  /** Standard deviation of the logarithm of the level. */
  readonly throughputSwing: number
  readonly latencySwing: number
  /** Of the logarithm of single response times. */
  readonly latencySpread: number
  /** Fraction of 1. */
  readonly errorRate: number
  /** Standard deviation of the logarithm of its level. */
  readonly errorSwing: number
  /** From the first second to the last, of the logarithm of response times and throughput: the same in each run. */
  readonly drift: number
  /** On average one in so many seconds begins a burst of four seconds, with response times twice as long and 30 % fewer operations; null: none. */
  readonly burstEverySeconds: number | null
}

const BLOCKS = 400
const FIRST_MS = 0.001
const STEP = Math.log(1.01)
const BURST_SECONDS = 4
const DRAWS = 1 << 14
const BANDS = 2_000
const BANDS_MS = Array.from({ length: BANDS }, (_, i) => FIRST_MS * Math.exp(i * STEP))

/** Draws from a normal distribution: to look one up is much faster than to make one. */
const NORMALS = (() => {
  const random = seeded(1)
  return Float64Array.from({ length: DRAWS }, () => random.normal())
})()

/** A run of the system. @param worse a fraction by which its response times are longer, its operations fewer and its errors more */
export const imagineEvidence = (system: ImaginedSystem, seed: number, worse = 0): Evidence => {
  const random = seeded(seed)
  const blockSeconds = Math.max(1, Math.ceil(system.seconds / BLOCKS))
  const levels = imagineLevels(system, random)
  const counts = new Int32Array(BANDS)
  const blocks: EvidenceBlock[] = []
  for (let from = 0; from + blockSeconds <= system.seconds; from += blockSeconds) {
    let [operations, errors] = [0, 0]
    for (const level of levels.slice(from, from + blockSeconds)) {
      const mean = system.qps * (1 - worse) * level.throughput
      const sent = Math.max(Math.round(mean + 0.5 * Math.sqrt(mean) * random.normal()), 0)
      const rate = Math.min(system.errorRate * (1 + worse) * level.errors, 1)
      const failed = Math.min(Math.max(Math.round(sent * rate + Math.sqrt(sent * rate * (1 - rate)) * random.normal()), 0), sent)
      operations += sent
      errors += failed
      const middle = Math.log(((1 + worse) * level.latency) / FIRST_MS) / STEP
      const width = system.latencySpread / STEP
      let draw = random.whole(0, DRAWS - 1)
      for (let i = failed; i < sent; i++) {
        draw = (Math.imul(draw, 5) + 12_345 + i) & (DRAWS - 1)
        const band = Math.ceil(middle + width * (NORMALS[draw] as number))
        counts[band] = (counts[band] as number) + 1
      }
    }
    blocks.push({ seconds: blockSeconds, operations, errors, clientLimitedSeconds: 0, counts: takeCounts(counts) })
  }
  return { blockSeconds, bandsMs: BANDS_MS, blocks }
}

/** Pairs of band and count of what is there, which is then gone. */
const takeCounts = (counts: Int32Array): number[] => {
  const pairs: number[] = []
  for (let band = 0; band < counts.length; band++) if (counts[band] !== 0) pairs.push(band, counts[band] as number)
  counts.fill(0)
  return pairs
}

interface Level {
  readonly throughput: number
  readonly latency: number
  readonly errors: number
}

const TYPICAL_MS = 3

const imagineLevels = (system: ImaginedSystem, random: Seeded): Level[] => {
  const { memory, drift } = system
  const fresh = Math.sqrt(1 - memory ** 2)
  let [busy, slow, faulty, burst] = [random.normal(), random.normal(), random.normal(), 0]
  return Array.from({ length: system.seconds }, (_, second) => {
    busy = memory * busy + fresh * random.normal()
    slow = memory * slow + fresh * random.normal()
    faulty = memory * faulty + fresh * random.normal()
    burst =
      burst > 0 ? burst - 1 : system.burstEverySeconds !== null && random.fraction() < 1 / system.burstEverySeconds ? BURST_SECONDS : 0
    const way = drift * (second / system.seconds - 0.5)
    return {
      throughput: Math.exp(system.throughputSwing * busy - way) * (burst > 0 ? 0.7 : 1),
      latency: TYPICAL_MS * Math.exp(system.latencySwing * slow + way) * (burst > 0 ? 2 : 1),
      errors: Math.exp(system.errorSwing * faulty),
    }
  })
}
