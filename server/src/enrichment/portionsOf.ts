import type { Stretch } from '@flakebench/store'

/** So much of a run is read by one statement: none may take long, however long the run was. */
const PORTION_MS = 60_000

/** A stretch in parts that begin and end with whole units, the first and the last beyond its ends. */
export const portionsOf = ({ fromMs, toMs }: Stretch, unitMs: number): Stretch[] => {
  const firstMs = Math.floor(fromMs / unitMs) * unitMs
  const lengthMs = Math.ceil(PORTION_MS / unitMs) * unitMs
  const count = Math.max(1, Math.ceil((toMs - firstMs + 1) / lengthMs))
  return Array.from({ length: count }, (_, i) => ({ fromMs: firstMs + i * lengthMs, toMs: firstMs + (i + 1) * lengthMs }))
}
