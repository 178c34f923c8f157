import type { Plan, PlannedOperation } from '../plan.ts'
import { fillIn } from './fillIn.ts'
import { allOperations } from './freezePlan.ts'
import { CANONICAL_FIELDS, canonicalFindings, genericFindings, readOnlyReason } from './operationRules.ts'
import type { Problem } from './problem.ts'
import { readShape } from './readShape.ts'
import { templateShape } from './shape.ts'
import { targetFindings } from './targetRules.ts'
import type { Template } from './template.ts'

/** A template that is still being written, as far as its statements go. */
export interface Draft {
  /** Complete; in the place of what could not be read it holds something harmless, so that it is good for its statements only. */
  readonly template: Template
  /** Why its table cannot even be looked at, with paths in `target`; empty: it can. */
  readonly problems: readonly Problem[]
  /** Every operation, whatever its weight, in the order of a plan. */
  readonly statements: readonly DraftStatement[]
}

export interface DraftStatement {
  readonly operation: PlannedOperation
  /** Why it cannot be sent, as far as the template itself shows; null: nothing speaks against it. */
  readonly problem: string | null
}

/**
 * Reads of a template what its statements need, and judges nothing else: it may have no name yet, or weights that do not sum.
 * @param input as for `validateTemplate`
 */
export const readDraft = (input: unknown): Draft => {
  const { value, problems, trust } = readShape(templateShape, input)
  const template = fillIn(value)
  const unfit = [...problems, ...trust([...canonicalFindings(template), ...genericFindings(template)])]
  return {
    template,
    problems: [...problems, ...trust(targetFindings(template))].filter(({ path }) => path === '' || isWithin(path, 'target')),
    statements: allOperations(template.operations).map((operation, i) => {
      const field = CANONICAL_FIELDS[i]?.field
      const path = field === undefined ? `operations.generic.${i - CANONICAL_FIELDS.length}` : `operations.${field}`
      return { operation, problem: problemOf(operation, template, path, unfit) }
    }),
  }
}

const isWithin = (path: string, section: string): boolean => path === section || path.startsWith(`${section}.`)

const problemOf = (
  { operationType, sql }: PlannedOperation,
  { target }: Template,
  path: string,
  unfit: readonly Problem[],
): string | null => {
  const reason = operationType === 'WRITE' ? readOnlyReason(target.tableType) : null
  if (reason !== null) return `Nothing can be written: ${reason}`
  const found = unfit.find(one => isWithin(one.path, path) && one.path !== `${path}.weight`)
  if (found !== undefined) return found.message
  return sql === '' ? `${path}.sql must be given: write its statement` : null
}

/** What may be asked of a table for one person who waits. */
const SHORT = {
  statementTimeoutSeconds: 20,
  connectTimeoutSeconds: 10,
  // Of it, a statement of the look at the table may take the most.
  startupTimeoutSeconds: 15,
}

/** A plan that is never run: for asking the table about some operations of a draft. Its timeouts are the template's, and short ones at most. */
export const planDraft = (
  { target, load, scaling, guardrails, slos, sloAbort, advanced, name }: Template,
  operations: readonly PlannedOperation[],
  { seed, poolSetId }: Pick<Plan, 'seed' | 'poolSetId'>,
): Plan => ({
  templateId: '',
  templateName: name,
  templateVersion: 0,
  target,
  operations,
  load,
  scaling,
  guardrails,
  slos,
  sloAbort,
  advanced: {
    ...advanced,
    seed,
    statementTimeoutSeconds: Math.min(advanced.statementTimeoutSeconds, SHORT.statementTimeoutSeconds),
    connectTimeoutSeconds: Math.min(advanced.connectTimeoutSeconds, SHORT.connectTimeoutSeconds),
    startupTimeoutSeconds: SHORT.startupTimeoutSeconds,
  },
  workerCount: 1,
  targetConnections: 1,
  limits: { minWorkers: 1, maxWorkers: 1, minConnections: 1, maxConnections: 1, areSet: true },
  sut: [],
  seed,
  poolSetId,
})

/** The template as if this operation were all of its mix: what it needs, that template needs. */
export const onlyWith = (template: Template, { kind, label }: PlannedOperation): Template => {
  const { generic, ...canonical } = template.operations
  const share = (isIt: boolean): number => (isIt ? 100 : 0)
  const weighed = { ...canonical }
  for (const one of CANONICAL_FIELDS) weighed[one.field] = { ...canonical[one.field], weight: share(one.kind === kind) }
  const isIt = (one: Template['operations']['generic'][number]): boolean => kind === 'GENERIC_SQL' && (one.label ?? one.id) === label
  return { ...template, operations: { ...weighed, generic: generic.map(one => ({ ...one, weight: share(isIt(one)) })) } }
}
