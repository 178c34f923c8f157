import {
  isTimeType,
  type JsonScalar,
  matchedTogether,
  type PlannedOperation,
  type ProfiledColumn,
  type Search,
  type Slot,
  searchesOf,
} from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { columnOf } from './bindValues.ts'
import { drawMatchedRows } from './matchedRows.ts'
import { columnNamed, type OperationContext, PlanProblem } from './operation.ts'
import { keysToFind, rowsOf, stretchesToScan, walkShuffled } from './poolKeys.ts'
import { type Stretch, sampledStretches } from './stretches.ts'
import type { MakeValue } from './values.ts'

/** Makers of values by the number of their slot. They are called in the order of these numbers, each once an execution. */
type Makers = Map<number, MakeValue>

const PREPARE = "prepare the template's value pools first"

/**
 * Values for what a statement looks for: keys of rows that are there, and of other columns values that were sampled of the table. None is made up: it
 * would be found nowhere, and the figures would be those of empty answers.
 * @returns the maker of a slot that is not written
 * @throws PlanProblem when values cannot be had
 */
export const searchedValues = (
  slots: readonly Slot[],
  context: OperationContext,
  { kind, label }: Pick<PlannedOperation, 'kind' | 'label'>,
): ((slot: Slot) => MakeValue) => {
  const makers: Makers = new Map()
  const searched = slots.filter(({ use }) => use !== 'WRITE')
  for (const slot of searched) columnOf(slot, context)
  const searches = searchesOf(searched)
  const together = matchedTogether(searches)
  if (together.length > 0) matchRows(together, context, label, makers)
  for (const search of searches) {
    if (together.includes(search)) continue
    const { name } = columnNamed(context.profile, search.column)
    if (name === context.profile.keyColumn) searchByKey(search, context, label, kind === 'RANGE_SCAN', makers)
    else searchByColumn(search, name, context, label, makers)
  }
  return slot => makers.get(slot.number) as MakeValue
}

const searchByKey = ({ kind, slots }: Search, context: OperationContext, label: string, isScan: boolean, makers: Makers): void => {
  if (slots.every(({ use }) => use === 'COMPARE' || use === 'DIFFER')) {
    for (const slot of slots) makers.set(slot.number, keysToFind(context, `${label}/${slot.number}`))
    return
  }
  // With one end only, how far it is to the other is no question: any key will do.
  if (kind !== 'STRETCH' && !(isScan && areNumbers(context))) {
    const keys = keysToFind(context, label)
    bindStretches(slots, () => atOneValue(keys()), makers)
    return
  }
  const stretches = stretchesToScan(context, label)
  if (stretches === null) throw new PlanProblem('finds no keys to scan, for the table is empty: load some rows first')
  bindStretches(slots, stretches, makers)
}

/** Whether the keys can be counted on, so that a scan with one end begins where enough of them follow. */
const areNumbers = ({ pools, profile }: OperationContext): boolean =>
  pools.keys.length > 0 ? pools.keys.every(key => typeof key === 'number') : profile.keyRange !== null

const atOneValue = (value: BindValue): Stretch => [value, value]

/** All slots of one execution lie in the same stretch. What the statement shifts by itself, as in `BETWEEN ? AND ? + 100`, starts from the lower end. */
const bindStretches = (slots: readonly Slot[], next: () => Stretch, makers: Makers): void => {
  let stretch: Stretch = [null, null]
  slots.forEach(({ number, use, shifted }, i) => {
    const end = use === 'HIGH' && !shifted ? 1 : 0
    makers.set(number, () => {
      if (i === 0) stretch = next()
      return stretch[end]
    })
  })
}

const searchByColumn = ({ kind, slots }: Search, name: string, context: OperationContext, label: string, makers: Makers): void => {
  const { pools, rangeSize } = context
  if (kind === 'FROM' && pools.timeColumn === name && pools.moments.length > 0) {
    const moments = walkShuffled(pools.moments, context.random(`${label}/moments`))
    bindStretches(slots, () => [moments(), null], makers)
    return
  }
  const values = (pools.columns.get(name) ?? []).filter(value => value !== null)
  if (values.length === 0) throw new PlanProblem(`looks for rows by column ${name}, of which no values were sampled: ${PREPARE}`)
  if (kind === 'STRETCH') {
    const random = context.random(`${label}/stretches of ${name}`)
    const sample = inOrder(values, columnNamed(context.profile, name))
    bindStretches(slots, sampledStretches({ sample, rows: rowsOf(context), size: rangeSize, name: `column ${name}`, random }), makers)
    return
  }
  if (kind === 'FROM') {
    const drawn = walkShuffled(values, context.random(`${label}/${name}`))
    bindStretches(slots, () => [drawn(), null], makers)
    return
  }
  for (const { number } of slots) makers.set(number, walkShuffled(values, context.random(`${label}/${name}/${number}`)))
}

/** @throws PlanProblem for texts, which every database orders in its own way */
const inOrder = (values: readonly JsonScalar[], { name, type }: ProfiledColumn): readonly JsonScalar[] => {
  if (isTimeType(type)) return [...values].sort((a, b) => (String(a) < String(b) ? -1 : 1))
  if (!/char|text/i.test(type) && values.every(value => Number.isFinite(Number(value))))
    return [...values].sort((a, b) => Number(a) - Number(b))
  throw new PlanProblem(
    `scans from one value of column ${name} to another, which holds neither numbers nor dates: scan by such a column, or use a generic operation`,
  )
}

/** Columns that have to match in one row take their values from one: the n-th value of each from the n-th row of an execution. */
const matchRows = (together: readonly Search[], context: OperationContext, label: string, makers: Makers): void => {
  const columns = together.map(({ column, slots }) => ({ name: columnNamed(context.profile, column).name, times: slots.length }))
  const rows = context.pools.rows.filter(row => columns.every(({ name }) => row[name] != null))
  if (rows.length === 0) {
    const names = columns.map(({ name }) => name).join(' and ')
    throw new PlanProblem(`looks for rows by ${names} together, and no whole rows were sampled: ${PREPARE}`)
  }
  const next = drawMatchedRows(rows, columns, context.random(`${label}/rows to find`))
  const first = Math.min(...together.flatMap(({ slots }) => slots.map(({ number }) => number)))
  let drawn: ReturnType<typeof next> = []
  together.forEach(({ slots }, i) => {
    slots.forEach(({ number }, nth) => {
      makers.set(number, () => {
        if (number === first) drawn = next()
        return drawn[nth]?.[columns[i]?.name as string] ?? null
      })
    })
  })
}
