import type { GenericParameter } from '@flakebench/contract'
import type { BindValue } from '../engines/engine.ts'
import { parameterSource, type Source } from './genericParameters.ts'
import { type KindOfOperation, PlanProblem } from './operation.ts'

/** Any statement of the template's own, its values by the strategy of each parameter. */
export const generic: KindOfOperation = {
  titleOf: label => `operation "${label}"`,
  canonicalSql: () => {
    throw new PlanProblem('has no SQL: write its statement')
  },
  bindOf: ({ slots }, context, { label, parameters }) => {
    const chosen: { readonly name: string | null; readonly source: Source }[] = []
    for (const { number } of slots) {
      const parameter: GenericParameter | undefined = parameters[number - 1]
      if (parameter === undefined) throw new PlanProblem(`has no parameter for value ${number}: give it one`)
      const random = context.random(`${label}/value ${number}`)
      chosen.push({ name: parameter.name, source: parameterSource({ parameter, number, earlier: [...chosen], context, random }) })
    }
    return (): BindValue[] => {
      const values: BindValue[] = []
      for (const { source } of chosen) values.push(source.next(values))
      return values
    }
  },
}
