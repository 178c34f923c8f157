import type { TemplateInput } from '@flakebench/contract'
import { ask, graphql } from './graphql.ts'

export interface ShownStatements {
  readonly statements: readonly {
    readonly kind: string
    readonly label: string
    readonly operationType: string
    readonly sql: string | null
    readonly problem: string | null
  }[]
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly keyColumn: string | null
  readonly problem: string | null
}

export interface TriedStatement {
  readonly sql: string
  readonly values: readonly { readonly position: number; readonly value: string | null; readonly isNull: boolean }[]
  readonly ok: boolean
  readonly tookMs: number | null
  readonly rows: number | null
  readonly columnNames: readonly string[]
  readonly sample: readonly (readonly (string | null)[])[]
  readonly plan: string | null
  readonly problem: string | null
  readonly wasRolledBack: boolean
}

/** Which statement is tried. */
export interface Which {
  readonly kind: string
  readonly label?: string
  readonly templateId?: string
}

const SHOW = `query ($input: TemplateInput!, $templateId: ID) { templateStatements(input: $input, templateId: $templateId) {
  statements { kind label operationType sql problem } columns { name type } keyColumn problem } }`
const TRY = `mutation ($input: TemplateInput!, $kind: OperationKind!, $label: String, $templateId: ID) {
  tryStatement(input: $input, kind: $kind, label: $label, templateId: $templateId) {
    sql values { position value isNull } ok tookMs rows columnNames sample plan problem wasRolledBack } }`

export const showStatements = async (url: string, input: TemplateInput, templateId?: string): Promise<ShownStatements> =>
  (await graphql<{ templateStatements: ShownStatements }>(url, SHOW, { input, templateId })).templateStatements

export const tryStatement = async (url: string, input: TemplateInput, which: Which): Promise<TriedStatement> =>
  (await graphql<{ tryStatement: TriedStatement }>(url, TRY, { input, ...which })).tryStatement

/** The code of the error that a trial is refused with; null: it is not. */
export const refusalOfTrial = async (url: string, input: TemplateInput, which: Which): Promise<string | null> =>
  (await ask(url, TRY, { input, ...which })).errors?.[0]?.extensions.code ?? null
