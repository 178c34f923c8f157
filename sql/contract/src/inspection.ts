import type { Plan } from './plan.ts'
import type { ProfiledColumn } from './tableProfile.ts'

/** What the server asks of the process that looks at the statements of a template, in one message. It names the connection; no secret is in it. */
export interface InspectionRequest {
  /** STATEMENTS: the texts of all operations of the plan, none is sent. TRY: its first operation is executed once, and undone. */
  readonly action: 'STATEMENTS' | 'TRY'
  /** See `planDraft`. */
  readonly plan: Plan
}

/** A statement as it is sent. */
export interface InspectedStatement {
  /** Null: it cannot be made. */
  readonly sql: string | null
  /** Why it cannot be made, in one sentence. */
  readonly problem: string | null
}

/** How one execution went. */
export interface TriedOnce extends InspectedStatement {
  /** What was bound, as text, cut. */
  readonly values: readonly (string | null)[]
  /** Null: it failed. */
  readonly tookMs: number | null
  /** Returned or changed; null: it failed, or the server does not say. */
  readonly rows: number | null
  readonly columnNames: readonly string[]
  /** Its first rows, as text, cut. */
  readonly sample: readonly (readonly (string | null)[])[]
  /** As the engine tells it, line by line; null: it tells none of such a statement. */
  readonly plan: string | null
  /** It has been sent, and what it wrote was undone. */
  readonly wasRolledBack: boolean
}

/** What the process answers, in one message before it ends. */
export type Inspection =
  | {
      readonly type: 'STATEMENTS'
      readonly columns: readonly Pick<ProfiledColumn, 'name' | 'type'>[]
      readonly keyColumn: string
      /** As the operations of the plan. */
      readonly statements: readonly InspectedStatement[]
    }
  | { readonly type: 'TRIED'; readonly tried: TriedOnce }
  | {
      readonly type: 'FAILED'
      /** Why nothing could be found out, and what to do. */
      readonly problem: string
      /** A few more of these would lock the user. */
      readonly isUserRefused: boolean
    }
