/** Counts over time and over response time. Edges: one more than columns and bands; bands are evenly spaced on a logarithmic scale. */
interface HeatFacts {
  readonly columnEdgesSeconds: readonly number[]
  readonly bandEdgesMs: readonly number[]
  readonly columns: readonly { readonly counts: readonly number[] }[]
}

/** A part of the map in which something was measured. */
export interface HeatCell {
  readonly column: number
  readonly band: number
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
  /** Of its column. */
  readonly columnCount: number
}

/** The cells with something in them, by column and then by band. */
export const heatCells = ({ columnEdgesSeconds, bandEdgesMs, columns }: HeatFacts): readonly HeatCell[] =>
  columns.flatMap(({ counts }, column) => {
    const columnCount = counts.reduce((sum, count) => sum + count, 0)
    return counts.flatMap((count, band) => {
      const [fromSeconds, toSeconds] = [columnEdgesSeconds[column], columnEdgesSeconds[column + 1]]
      const [fromMs, toMs] = [bandEdgesMs[band], bandEdgesMs[band + 1]]
      if (count === 0 || fromSeconds === undefined || toSeconds === undefined || fromMs === undefined || toMs === undefined) return []
      return [{ column, band, fromSeconds, toSeconds, fromMs, toMs, count, columnCount }]
    })
  })

/** Bends the scale, so that what is frequent is told apart too. */
const BEND = 1.6

/** 0–1 of the colour scale, by the logarithm: a single slow operation is to be seen beside thousands of fast ones. */
export const heatShare = (count: number, most: number): number =>
  count <= 0 ? 0 : most <= 1 ? 1 : Math.min(1, Math.log(count) / Math.log(most)) ** BEND

export type HeatMove = 'left' | 'right' | 'up' | 'down'

const nearestBand = (cells: readonly HeatCell[], column: number, band: number): number => {
  let best = -1
  cells.forEach((cell, at) => {
    if (cell.column !== column) return
    const known = cells[best]
    if (known === undefined || Math.abs(cell.band - band) < Math.abs(known.band - band)) best = at
  })
  return best
}

/** Where an arrow key leads from the cell at `at` (-1: from none): to the next cell that has something in it; at an edge it stays. */
export const nextCell = (cells: readonly HeatCell[], at: number, move: HeatMove): number => {
  const here = cells[at]
  if (here === undefined) return cells.length === 0 ? -1 : 0
  if (move === 'up' || move === 'down') {
    const there = at + (move === 'up' ? 1 : -1)
    return cells[there]?.column === here.column ? there : at
  }
  const columns = cells.map(cell => cell.column)
  const column = move === 'right' ? columns.find(each => each > here.column) : columns.findLast(each => each < here.column)
  return column === undefined ? at : nearestBand(cells, column, here.band)
}
