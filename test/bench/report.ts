import { cpus, release, totalmem } from 'node:os'

const BYTES_PER_GB = 1024 ** 3

/** On what it was measured. */
export const machine = (): string => {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model.trim() || process.arch}, ${(totalmem() / BYTES_PER_GB).toFixed(0)} GB, ${process.platform} ${release()}, node ${process.version}`
}

/** The nearest-rank percentile; not a number when there is no value. */
export const percentile = (values: readonly number[], percent: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(Math.ceil((percent / 100) * values.length), 1) - 1] ?? Number.NaN

/** Of an even number of values the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return Number.isInteger(half)
    ? ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
    : (sorted[Math.floor(half)] ?? Number.NaN)
}

/** Rows under their heads, all but the first column to the right. */
export const printTable = (heads: readonly string[], rows: readonly (readonly string[])[]): void => {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map(row => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  process.stdout.write(`\n${[heads, ...rows].map(line).join('\n')}\n\n`)
}

/** One line that says how far it is. */
export const tell = (words: string): void => {
  process.stdout.write(`· ${words}\n`)
}
