import type { HostCapacity, Plan, Problem, RunOverrides, StoredTemplate, Template, TemplateInput } from '@flakebench/contract'
import { freezePlan, validateTemplate } from '@flakebench/contract'

/** The least that a template must say: point lookups on one table. */
export const SMALLEST = {
  name: 'orders',
  target: { table: 'orders' },
  operations: { pointLookup: { weight: 100 } },
} satisfies TemplateInput

/** A template that is to be sound: fails with its problems if it is not. */
export const soundTemplate = (input: TemplateInput): Template => {
  const read = validateTemplate(input)
  if (!read.ok) throw new Error(messagesOf(read.problems).join('\n'))
  return read.template
}

/** What is wrong with an input that is to be refused. */
export const problemsOf = (input: unknown): readonly Problem[] => {
  const read = validateTemplate(input)
  return read.ok ? [] : read.problems
}

export const messagesOf = (problems: readonly Problem[]): string[] => problems.map(({ message }) => message)

/** The smallest template, changed, as it would come from the store. */
export const storedTemplate = (change: TemplateInput = {}): StoredTemplate => ({
  ...soundTemplate({ ...SMALLEST, ...change }),
  id: 't-1',
  version: 3,
})

/** The seed of plans for which nobody names one. */
export const FRESH_SEED = 4711

/** The machine of plans for which nobody names one. */
export const HOST: HostCapacity = { cores: 5, memoryBytes: 16 * 2 ** 30 }

/** A plan that is to be possible: fails with its problems if it is not. */
export const soundPlan = (change: TemplateInput = {}, overrides: RunOverrides = {}): Plan => {
  const frozen = freezePlan(storedTemplate(change), overrides, FRESH_SEED, HOST)
  if (!frozen.ok) throw new Error(messagesOf(frozen.problems).join('\n'))
  return frozen.plan
}
