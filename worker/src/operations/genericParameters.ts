import type { GenericParameter, JsonScalar, ParameterStrategy } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { DAY_MS, readMoment, shiftMoment, writeMoment } from './genericMoment.ts'
import { addNumbers, decimalsOf, isNumeric } from './genericNumber.ts'
import { columnNamed, type OperationContext, PlanProblem } from './operation.ts'
import type { Random } from './random.ts'
import type { MakeValue } from './values.ts'

/** What all values of a parameter are, as far as they can be shifted; OTHER: not all of them can. */
type Shape = 'NUMBER' | 'MOMENT' | 'OTHER'

/** How the value of one parameter comes about. */
export interface Source {
  readonly shape: Shape
  readonly isInteger: boolean
  /** @param before the values of the parameters before it, of the same execution */
  next(before: readonly BindValue[]): BindValue
}

/** What a source is made from. */
export interface SourceRequest {
  readonly parameter: GenericParameter
  /** From 1 on, as in `value 2`. */
  readonly number: number
  /** The parameters before it. */
  readonly earlier: readonly { readonly name: string | null; readonly source: Source }[]
  readonly context: OperationContext
  readonly random: Random
}

const FRACTION = 2 ** 53

const shapeOf = (values: readonly JsonScalar[]): Shape => {
  const known = values.filter(value => value !== null)
  if (known.length > 0 && known.every(isNumeric)) return 'NUMBER'
  return known.every(value => typeof value === 'string' && readMoment(value) !== null) ? 'MOMENT' : 'OTHER'
}

const sourceOf = (values: readonly JsonScalar[], next: MakeValue, isInteger = false): Source => ({
  shape: shapeOf(values),
  isInteger,
  next,
})

const alike = (values: readonly JsonScalar[], random: Random): MakeValue => {
  const [only] = values
  return values.length === 1 ? () => only as JsonScalar : () => values[random.below(values.length)] as JsonScalar
}

/** Each value as often as its weight says. */
const weighted = (values: readonly JsonScalar[], weights: readonly number[], random: Random): MakeValue => {
  let total = 0
  const ends = weights.map(weight => {
    total += weight
    return total
  })
  const lastDrawn = weights.findLastIndex(weight => weight > 0)
  return () => {
    const at = (random.below(FRACTION) / FRACTION) * total
    const found = ends.findIndex(end => at < end)
    return values[found < 0 ? lastDrawn : found] as JsonScalar
  }
}

/** The numbers with so many decimals from `min` to `max`, as whole steps of 1 / `scale`. */
const stepsBetween = (min: number, max: number, decimals: number): { scale: number; first: number; count: number } => {
  const scale = 10 ** decimals
  const first = Math.ceil(min * scale - 1e-6)
  return { scale, first, count: Math.floor(max * scale + 1e-6) - first + 1 }
}

/** Alike likely between the ends, both included; whole numbers, or steps of 10^-decimals; null: any fraction. */
const between = (min: number, max: number, decimals: number | null, random: Random): MakeValue => {
  if (decimals === null) return () => min + (random.below(FRACTION) / FRACTION) * (max - min)
  const { scale, first, count } = stepsBetween(min, max, decimals)
  return decimals === 0 ? () => first + random.below(count) : () => Number(((first + random.below(count)) / scale).toFixed(decimals))
}

const inRange = ({ min, max, integer }: GenericParameter, random: Random): Source => ({
  shape: 'NUMBER',
  isInteger: integer,
  next: between(min as number, max as number, integer ? 0 : null, random),
})

/** @throws PlanProblem when none were sampled */
const sampledValues = ({ parameter, number, context }: SourceRequest): readonly JsonScalar[] => {
  const { name } = columnNamed(context.profile, parameter.column as string)
  const values = context.pools.columns.get(name) ?? []
  if (values.length > 0) return values
  throw new PlanProblem(
    `takes value ${number} from column ${name}, of which no values were sampled: prepare the template's value pools first`,
  )
}

/** Between the least and the greatest that were sampled of the column, of the same kind as they are. */
const inRangeOfColumn = (request: SourceRequest): Source => {
  const { parameter, number, random } = request
  const values = sampledValues(request).filter(value => value !== null)
  const shape = shapeOf(values)
  if (shape === 'NUMBER') {
    const numbers = values.map(Number)
    const min = parameter.min ?? numbers.reduce((a, b) => Math.min(a, b))
    const max = parameter.max ?? numbers.reduce((a, b) => Math.max(a, b))
    const decimals = parameter.integer ? 0 : values.reduce<number>((most, value) => Math.max(most, decimalsOf(value as number)), 0)
    if (max < min || stepsBetween(min, max, decimals).count <= 0) {
      throw new PlanProblem(`finds nothing between ${min} and ${max} for value ${number}: change its min or max`)
    }
    return { shape, isInteger: decimals === 0, next: between(min, max, decimals, random) }
  }
  const moments = values.map(value => readMoment(String(value))).filter(moment => moment !== null)
  const [first] = moments
  if (shape === 'OTHER' || first === undefined) {
    throw new PlanProblem(
      `takes value ${number} from a range of column ${parameter.column}, which holds neither numbers nor dates: use CHOICE`,
    )
  }
  if (parameter.min !== null || parameter.max !== null) {
    throw new PlanProblem(
      `takes value ${number} from a range of column ${parameter.column}, which holds dates, and min and max are numbers: leave them out, or use CHOICE`,
    )
  }
  const minMs = moments.reduce((least, { clockMs }) => Math.min(least, clockMs), first.clockMs)
  const maxMs = moments.reduce((most, { clockMs }) => Math.max(most, clockMs), first.clockMs)
  const stepMs = first.separator === '' ? DAY_MS : 1
  const steps = Math.floor((maxMs - minMs) / stepMs) + 1
  return { shape, isInteger: false, next: () => writeMoment(first, minMs + random.below(steps) * stepMs) }
}

const offset = ({ parameter, number, earlier, random }: SourceRequest): Source => {
  const at = earlier.findIndex(({ name }) => name === parameter.dependsOn)
  const from = earlier[at]?.source
  if (from === undefined)
    throw new PlanProblem(`takes value ${number} from "${parameter.dependsOn}", which is no earlier parameter: name one`)
  const { shape } = from
  if (shape === 'OTHER') {
    throw new PlanProblem(
      `shifts value ${number} from "${parameter.dependsOn}", whose values are not all numbers or all dates: take it from another one`,
    )
  }
  const isInteger = parameter.integer || from.isInteger
  const nextOffset = alike(parameter.offsets ?? [], random) as () => number
  return {
    shape,
    isInteger,
    next: before => {
      const previous = before[at] as string | number | null
      const by = nextOffset()
      if (previous === null) return null
      if (shape === 'NUMBER') return addNumbers(previous, by, isInteger)
      const moment = readMoment(String(previous))
      return moment === null ? previous : shiftMoment(moment, by)
    },
  }
}

const distinct = (values: readonly JsonScalar[]): readonly JsonScalar[] => [...new Set(values)]

const SOURCES: Readonly<Record<ParameterStrategy, (request: SourceRequest) => Source>> = {
  LITERAL: ({ parameter: { value, integer } }) => sourceOf([value], () => value, integer),
  CHOICE: ({ parameter: { values, integer }, random }) => sourceOf(values ?? [], alike(values ?? [], random), integer),
  RANDOM_NUMERIC: ({ parameter, random }) => inRange(parameter, random),
  // Each value that was seen alike likely: how often the table has it is for WEIGHTED_SAMPLE.
  SAMPLE_FROM_TABLE: request => {
    const values = distinct(sampledValues(request))
    return sourceOf(values, alike(values, request.random), request.parameter.integer)
  },
  WEIGHTED_SAMPLE: request => {
    const { values, weights, integer } = request.parameter
    if (values !== null && values.length > 0) return sourceOf(values, weighted(values, weights ?? [], request.random), integer)
    const sampled = sampledValues(request)
    return sourceOf(sampled, alike(sampled, request.random), integer)
  },
  RANDOM_IN_RANGE: request =>
    request.parameter.min !== null && request.parameter.max !== null
      ? inRange(request.parameter, request.random)
      : inRangeOfColumn(request),
  OFFSET_FROM_PREVIOUS: offset,
}

/** @throws PlanProblem when values cannot be chosen */
export const parameterSource = (request: SourceRequest): Source => SOURCES[request.parameter.strategy](request)
