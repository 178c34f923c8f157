import type { Slot } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import type { WorkerPools } from '../pools/workerPools.ts'
import { columnNamed, type OperationContext } from './operation.ts'
import type { MakeValue } from './values.ts'

/** Fewer rows tell nothing about which values repeat. */
const FEWEST_ROWS = 20
/** A column with more different values than that may have to be unique: its values are made. */
const MOST_DIFFERENT = 0.9

/**
 * The columns whose sampled values repeat: states, references to other tables, words of a list. What is written to them is taken from a sampled row,
 * because a made-up value might not be allowed; what never repeats is made, because a second one of it might not be.
 */
export const repeatingColumns = ({ rows }: Pick<WorkerPools, 'rows'>): ReadonlySet<string> => {
  const [first] = rows
  if (first === undefined || rows.length < FEWEST_ROWS) return new Set()
  return new Set(Object.keys(first).filter(name => new Set(rows.map(row => row[name])).size <= rows.length * MOST_DIFFERENT))
}

/** Values of one execution: those of repeating columns that are written come from one and the same sampled row. */
export const bindFromRows = (
  slots: readonly Slot[],
  context: OperationContext,
  purpose: string,
  makerOf: (slot: Slot) => MakeValue,
): (() => BindValue[]) => {
  const { rows } = context.pools
  const repeating = repeatingColumns(context.pools)
  const makers = slots.map(slot => {
    if (slot.use !== 'WRITE' || slot.shifted || slot.column === null || repeating.size === 0) return makerOf(slot)
    const { name } = columnNamed(context.profile, slot.column)
    return name !== context.profile.keyColumn && repeating.has(name) ? name : makerOf(slot)
  })
  if (makers.every(maker => typeof maker !== 'string')) return () => (makers as MakeValue[]).map(make => make())
  const random = context.random(`${purpose}/sampled rows`)
  return () => {
    const row = rows[random.below(rows.length)] as Readonly<Record<string, BindValue>>
    return makers.map(maker => (typeof maker === 'string' ? (row[maker] ?? null) : maker()))
  }
}
