import type { ParameterStrategy } from '../enums.ts'
import type { Finding } from './problem.ts'
import { repeatedFinding } from './targetRules.ts'
import type { GenericParameter } from './template.ts'

/** What a strategy asks of its parameter: the fields that a rule reads, and what is wrong with them, told after the path of the first. */
interface ParameterRule {
  readonly fields: readonly (keyof GenericParameter)[]
  readonly problem: (parameter: GenericParameter) => string | null
}

const isEmpty = (list: readonly unknown[] | null): boolean => list === null || list.length === 0

/** Whole numbers need one to choose from. */
const isEmptyRange = ({ min, max, integer }: GenericParameter): boolean =>
  min !== null && max !== null && (integer ? Math.ceil(min) > Math.floor(max) : min > max)

const choosesFromValues: ParameterRule = {
  fields: ['values'],
  problem: ({ values }) => (isEmpty(values) ? 'must hold at least one value' : null),
}
const namesColumn: ParameterRule = {
  fields: ['column'],
  problem: ({ column }) => (column === null ? 'must name the column whose values are taken' : null),
}
const hasRange: readonly ParameterRule[] = [
  { fields: ['min'], problem: ({ min }) => (min === null ? 'must be given' : null) },
  { fields: ['max'], problem: ({ max }) => (max === null ? 'must be given' : null) },
]
const rangeHoldsValue: ParameterRule = {
  fields: ['max', 'min', 'integer'],
  problem: parameter =>
    isEmptyRange(parameter)
      ? `must leave ${parameter.integer ? 'a whole number' : 'a value'} between min (${parameter.min}) and max; it is ${parameter.max}`
      : null,
}
const hasWeights: readonly ParameterRule[] = [
  {
    fields: ['values', 'column'],
    problem: ({ values, column }) => (column === null && isEmpty(values) ? 'must hold at least one value, or column must name one' : null),
  },
  {
    fields: ['weights', 'values', 'column'],
    problem: ({ values, weights, column }) =>
      (column === null || values !== null) && (weights?.length ?? 0) !== (values?.length ?? 0)
        ? `must be as many as values (${values?.length ?? 0}); there are ${weights?.length ?? 0}`
        : null,
  },
  {
    fields: ['weights'],
    problem: ({ weights }) =>
      weights !== null && weights.length > 0 && weights.every(weight => weight === 0) ? 'must not all be 0' : null,
  },
]
const rangeOrColumn: ParameterRule = {
  fields: ['min', 'max', 'column'],
  problem: ({ min, max, column }) =>
    column === null && (min === null || max === null) ? 'must be given with max, or column must name one' : null,
}
const hasOffsets: readonly ParameterRule[] = [
  { fields: ['offsets'], problem: ({ offsets }) => (isEmpty(offsets) ? 'must hold at least one number' : null) },
  { fields: ['dependsOn'], problem: ({ dependsOn }) => (dependsOn === null ? 'must name an earlier parameter' : null) },
]

const RULES: Readonly<Record<ParameterStrategy, readonly ParameterRule[]>> = {
  LITERAL: [],
  CHOICE: [choosesFromValues],
  RANDOM_NUMERIC: [...hasRange, rangeHoldsValue],
  SAMPLE_FROM_TABLE: [namesColumn],
  WEIGHTED_SAMPLE: hasWeights,
  RANDOM_IN_RANGE: [rangeOrColumn, rangeHoldsValue],
  OFFSET_FROM_PREVIOUS: hasOffsets,
}

/** Parameters in the order of their placeholders: by position where positions are given. */
export const inOrder = (parameters: readonly GenericParameter[]): readonly GenericParameter[] =>
  [...parameters].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))

/** @param list path of the list, e.g. `operations.generic.0.parameters` */
export const parameterFindings = (list: string, parameters: readonly GenericParameter[]): Finding[] => [
  ...parameters.flatMap((parameter, i) =>
    RULES[parameter.strategy].flatMap(({ fields, problem }) => {
      const message = problem(parameter)
      const path = `${list}.${i}.${fields[0]}`
      const reads = [...fields, 'strategy'].map(field => `${list}.${i}.${field}`)
      return message === null ? [] : [{ path, message: `${path} ${message} (strategy ${parameter.strategy})`, reads }]
    }),
  ),
  ...positionFindings(list, parameters),
  ...nameFindings(list, parameters),
]

/** Either no parameter has a position, or all have, from 1 to their number, each once. */
const positionFindings = (list: string, parameters: readonly GenericParameter[]): Finding[] => {
  if (parameters.every(({ position }) => position === null)) return []
  const reads = parameters.map((_, i) => `${list}.${i}.position`)
  return parameters.flatMap(({ position }, i) => {
    const path = `${list}.${i}.position`
    if (position === null) return [{ path, message: `${path} must be given, because others have one`, reads }]
    if (position > parameters.length) return [{ path, message: `${path} must be from 1 to ${parameters.length}; it is ${position}`, reads }]
    const earlier = parameters.findIndex(other => other.position === position)
    return earlier < i ? [{ path, message: `${path} must differ from that of the others; ${position} is there twice`, reads }] : []
  })
}

/** Names differ, and a parameter follows the one that it depends on. */
const nameFindings = (list: string, parameters: readonly GenericParameter[]): Finding[] => {
  const ordered = inOrder(parameters)
  const depending = parameters.flatMap((parameter, i): Finding[] => {
    const { strategy, dependsOn } = parameter
    if (strategy !== 'OFFSET_FROM_PREVIOUS' || dependsOn === null) return []
    const at = ordered.findIndex(({ name }) => name === dependsOn)
    if (at >= 0 && at < ordered.indexOf(parameter)) return []
    const path = `${list}.${i}.dependsOn`
    const reads = [path, `${list}.${i}.strategy`, ...parameters.flatMap((_, j) => [`${list}.${j}.name`, `${list}.${j}.position`])]
    return [{ path, message: `${path} must name an earlier parameter; "${dependsOn}" is none`, reads }]
  })
  // An unnamed parameter repeats nobody.
  const names = parameters.map(({ name }, i) => name ?? `\u0000${i}`)
  return [...repeatedFinding(list, 'name', names), ...depending]
}
