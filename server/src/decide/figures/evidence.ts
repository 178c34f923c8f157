import type { Evidence, EvidenceBlock, Rollup } from '@flakebench/contract'
import type { PhaseSpan } from './phaseSpan.ts'
import { addBands, type BandCounts, upperEdgeMs, usedBands } from './responseBands.ts'

const MOST_BLOCKS = 400

export interface EvidenceMaker {
  /** An interval of the measurement with its operations by band; in any order, each once. */
  add(interval: Pick<Rollup, 'intervalIndex' | 'startMs' | 'endMs' | 'operations' | 'errors' | 'clientLimited'>, bands: BandCounts): void
  done(): Evidence
}

interface OpenBlock {
  seconds: number
  operations: number
  errors: number
  clientLimitedSeconds: number
  readonly bands: Map<number, number>
}

/**
 * Blocks of whole intervals, at most 400, as many intervals in each but the last. Where intervals are missing a block is shorter than the others, or there is
 * none: nothing is made up.
 * @param measurement null: nothing was measured
 */
export const evidenceMaker = (measurement: PhaseSpan | null, intervalMs: number): EvidenceMaker => {
  const firstIndex = measurement?.firstIndex ?? 0
  const intervals = measurement === null ? 1 : measurement.lastIndex - firstIndex + 1
  const size = Math.ceil(intervals / MOST_BLOCKS)
  const blocks = new Map<number, OpenBlock>()
  return {
    add: ({ intervalIndex, startMs, endMs, operations, errors, clientLimited }, bands) => {
      const place = Math.floor((intervalIndex - firstIndex) / size)
      const block = blocks.get(place) ?? { seconds: 0, operations: 0, errors: 0, clientLimitedSeconds: 0, bands: new Map() }
      blocks.set(place, block)
      const seconds = (endMs - startMs) / 1_000
      block.seconds += seconds
      block.operations += operations
      block.errors += errors
      if (clientLimited) block.clientLimitedSeconds += seconds
      addBands(block.bands, bands)
    },
    done: () => {
      const inOrder = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => block)
      const used = usedBands(inOrder.map(block => block.bands))
      const { lowest, highest } = used ?? { lowest: 0, highest: -1 }
      return {
        blockSeconds: (size * intervalMs) / 1_000,
        bandsMs: Array.from({ length: highest - lowest + 1 }, (_, i) => upperEdgeMs(lowest + i)),
        blocks: inOrder.map(block => closed(block, lowest)),
      }
    },
  }
}

const closed = ({ bands, ...block }: OpenBlock, lowest: number): EvidenceBlock => ({
  ...block,
  counts: [...bands].sort(([a], [b]) => a - b).flatMap(([band, count]) => [band - lowest, count]),
})
