import type { HeatMap, Rollup } from '@flakebench/contract'
import { type PhaseSpan, spanOf } from './phaseSpan.ts'
import { addBands, type BandCounts, upperEdgeMs, usedBands } from './responseBands.ts'

const MOST_COLUMNS = 240
const MOST_BANDS = 48

export interface HeatMapMaker {
  /** An interval with its operations by band; in any order, each once. */
  add(interval: Pick<Rollup, 'phase' | 'startMs' | 'endMs'>, bands: BandCounts): void
  /** Without bands where nothing succeeded. */
  done(): HeatMap
}

/**
 * Operations by time and response time, in at most 240 columns of whole intervals and 48 bands. Columns are equally wide, but for the last of a phase:
 * none spans two. No operation is left out, and none is in two columns or bands.
 * @param warmupMs where the measurement begins
 */
export const heatMapMaker = (spans: readonly PhaseSpan[], warmupMs: number, intervalMs: number): HeatMapMaker => {
  const warmupEndMs = Math.min(warmupMs, spanOf(spans, 'WARMUP')?.endMs ?? 0)
  const measurement = spanOf(spans, 'MEASUREMENT')
  const measuredMs = measurement === null ? 0 : Math.max(0, measurement.endMs - warmupMs)
  const widthMs = widthOf(warmupEndMs, measuredMs, intervalMs)
  const warmupColumns = columnsOf(warmupEndMs, widthMs)
  const measurementColumns = columnsOf(measuredMs, widthMs)
  const sums = Array.from({ length: warmupColumns + measurementColumns }, () => new Map<number, number>())

  const columnOf = ({ phase, startMs, endMs }: Pick<Rollup, 'phase' | 'startMs' | 'endMs'>): number => {
    const middleMs = (startMs + endMs) / 2
    if (phase === 'WARMUP') return clamp(Math.floor(middleMs / widthMs), warmupColumns)
    return warmupColumns + clamp(Math.floor((middleMs - warmupMs) / widthMs), measurementColumns)
  }

  const edges = (): number[] => {
    if (sums.length === 0) return []
    const inside = [
      ...Array.from({ length: warmupColumns }, (_, i) => i * widthMs),
      ...Array.from({ length: measurementColumns }, (_, i) => warmupMs + i * widthMs),
    ]
    return [...inside, measurement === null ? warmupEndMs : warmupMs + measuredMs]
  }

  return {
    add: (interval, bands) => {
      const column = sums[columnOf(interval)]
      if (column !== undefined) addBands(column, bands)
    },
    done: () => {
      const used = usedBands(sums)
      if (used === null) return { columnEdgesMs: edges(), bandEdgesMs: [], counts: sums.map(() => []) }
      const { lowest, highest } = used
      const joined = Math.ceil((highest - lowest + 1) / MOST_BANDS)
      const bands = Math.ceil((highest - lowest + 1) / joined)
      return {
        columnEdgesMs: edges(),
        bandEdgesMs: Array.from({ length: bands + 1 }, (_, i) => upperEdgeMs(lowest - 1 + i * joined)),
        counts: sums.map(column => {
          const counts = new Array<number>(bands).fill(0)
          for (const [band, count] of column)
            counts[Math.floor((band - lowest) / joined)] = (counts[Math.floor((band - lowest) / joined)] ?? 0) + count
          return counts
        }),
      }
    },
  }
}

const columnsOf = (lengthMs: number, widthMs: number): number => Math.ceil(lengthMs / widthMs)

/** The least whole number of intervals that makes few enough columns of both: each phase rounds up by less than one. */
const widthOf = (warmupEndMs: number, measuredMs: number, intervalMs: number): number => {
  const areFew = (intervals: number): boolean =>
    columnsOf(warmupEndMs, intervals * intervalMs) + columnsOf(measuredMs, intervals * intervalMs) <= MOST_COLUMNS
  const together = (warmupEndMs + measuredMs) / intervalMs
  let enough = Math.max(1, Math.ceil(together / (MOST_COLUMNS - 2)))
  // ⚠ The lengths may be anyone's, of a run that was brought in: halving ends soon, however far apart the two are.
  for (let tooFew = Math.ceil(together / MOST_COLUMNS) - 1, step = 0; step < 64 && enough - tooFew > 1; step++) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (areFew(middle)) enough = middle
    else tooFew = middle
  }
  return enough * intervalMs
}

const clamp = (index: number, length: number): number => Math.max(0, Math.min(index, length - 1))
