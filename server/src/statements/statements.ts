import { randomInt } from 'node:crypto'
import {
  choosePoolSet,
  type Draft,
  type DraftStatement,
  type Inspection,
  type OperationKind,
  type OperationType,
  onlyWith,
  type Plan,
  type PlannedOperation,
  type Problem,
  planDraft,
  readDraft,
  type Template,
  type TriedOnce,
  unsupportedProblems,
} from '@flakebench/contract'
import { defaultConnectionId, listPoolSets, readConnection, type SqlClient } from '@flakebench/store'
import type { CheckTarget } from '../orchestrator/checkTarget.ts'
import { invalid } from '../refusal.ts'
import type { Inspector } from './inspector.ts'

/** One operation of a template, as it will be sent. */
export interface ShownStatement {
  readonly kind: OperationKind
  readonly label: string
  readonly operationType: OperationType
  readonly sql: string | null
  readonly problem: string | null
}

export interface ShownStatements {
  readonly statements: readonly ShownStatement[]
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly keyColumn: string | null
  /** Why nothing could be found out at all. */
  readonly problem: string | null
}

/** Which operation of a template is meant. */
export interface WhichStatement {
  readonly kind: OperationKind
  /** Of a generic one; null: the only one there is. */
  readonly label: string | null
}

/** What is asked about a template that may still be being written: only what its statements need is judged. */
export interface TemplateStatements {
  /** @param templateId whose value pools say what of the table can be written @throws Refusal when too many ask */
  show(input: unknown, templateId: string | null, signal: AbortSignal): Promise<ShownStatements>
  /** @param templateId whose value pools are drawn from @throws Refusal when too many ask, or there is no such operation */
  tryOne(input: unknown, which: WhichStatement, templateId: string | null, signal: AbortSignal): Promise<TriedOnce>
}

export interface TemplateStatementsOptions {
  readonly db: SqlClient
  readonly inspector: Inspector
  /** That of runs: what may not be run is not tried either. */
  readonly checkTarget: CheckTarget
}

const LARGEST_SEED = 2 ** 31 - 1

const NOTHING: Omit<ShownStatements, 'problem'> = { statements: [], columns: [], keyColumn: null }

export const templateStatements = ({ db, inspector, checkTarget }: TemplateStatementsOptions): TemplateStatements => {
  /** @param needs what the value pools must hold */
  const planOf = async (template: Template, operations: readonly PlannedOperation[], needs: Template, templateId: string | null) => {
    const sets = templateId === null ? [] : await listPoolSets(db, templateId)
    const poolSetId = choosePoolSet(sets, needs)?.id ?? null
    return planDraft(template, operations, { seed: template.advanced.seed ?? randomInt(LARGEST_SEED), poolSetId })
  }
  const inspect = async (action: 'STATEMENTS' | 'TRY', plan: Plan, signal: AbortSignal): Promise<Inspection> => {
    const { connectionId } = plan.target
    const connection = connectionId === null ? null : await readConnection(db, connectionId)
    return await inspector.inspect({ action, plan }, connection, signal)
  }

  return {
    show: async (input, templateId, signal) => {
      const { statements, problems, template } = await settled(db, readDraft(input), checkTarget)
      if (problems.length > 0) return { ...NOTHING, problem: inOne(problems) }
      const sound = statements.filter(({ problem }) => problem === null).map(({ operation }) => operation)
      const found = await inspect('STATEMENTS', await planOf(template, sound, template, templateId), signal)
      if (found.type !== 'STATEMENTS') return { ...NOTHING, problem: problemOf(found) }
      return {
        columns: found.columns,
        keyColumn: found.keyColumn,
        problem: null,
        statements: statements.map(({ operation, problem }) => ({
          ...named(operation),
          ...(problem === null ? (found.statements[sound.indexOf(operation)] ?? NO_SQL) : { sql: null, problem }),
        })),
      }
    },
    tryOne: async (input, which, templateId, signal) => {
      const draft = readDraft(input)
      const { operation, problem } = chosen(draft, which)
      const { problems, template } = await settled(db, draft, checkTarget)
      if (problem !== null || problems.length > 0) return notTried(operation, problem ?? inOne(problems))
      const found = await inspect('TRY', await planOf(template, [operation], onlyWith(template, operation), templateId), signal)
      return found.type === 'TRIED' ? found.tried : notTried(operation, problemOf(found))
    },
  }
}

/** The draft with the connection that it would be saved with, and everything that keeps its target from being run. */
const settled = async (db: SqlClient, draft: Draft, checkTarget: CheckTarget): Promise<Draft> => {
  const { target } = draft.template
  const type = target.tableType === 'POSTGRES' ? 'POSTGRES' : 'SNOWFLAKE'
  const connectionId = target.connectionId ?? (await defaultConnectionId(db, type))
  const template = { ...draft.template, target: { ...target, connectionId } }
  const problems = [...draft.problems, ...unsupportedProblems(template)]
  return { ...draft, template, problems: problems.length > 0 ? problems : await checkTarget(template.target) }
}

/** @throws Refusal when there is no such operation, or more than one */
const chosen = ({ statements }: Draft, { kind, label }: WhichStatement): DraftStatement => {
  const ofKind = statements.filter(({ operation }) => operation.kind === kind)
  const found = kind === 'GENERIC_SQL' && label !== null ? ofKind.filter(({ operation }) => operation.label === label) : ofKind
  const [first, ...others] = found
  if (first !== undefined && (others.length === 0 || label !== null)) return first
  const labels = ofKind.map(({ operation }) => `"${operation.label}"`).join(', ')
  const message =
    ofKind.length === 0 ? 'The template has no generic operation: add one, or try another kind' : `label must name one of ${labels}`
  throw invalid('The trial', [{ path: 'label', message }])
}

const named = ({ kind, label, operationType }: PlannedOperation): Pick<ShownStatement, 'kind' | 'label' | 'operationType'> => ({
  kind,
  label,
  operationType,
})

const inOne = (problems: readonly Problem[]): string => problems.map(({ message }) => message).join('; ')

const NO_SQL = { sql: null, problem: 'Nothing was found out about it: ask again' }

const problemOf = (found: Inspection): string => (found.type === 'FAILED' ? found.problem : NO_SQL.problem)

const notTried = ({ sql }: PlannedOperation, problem: string): TriedOnce => ({
  sql,
  problem,
  values: [],
  tookMs: null,
  rows: null,
  columnNames: [],
  sample: [],
  plan: null,
  wasRolledBack: false,
})
