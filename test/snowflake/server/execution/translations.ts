import { translate } from '../sql/translate.ts'
import type { SessionView, Translation } from '../sql/translation.ts'
import { type BoundText, bindText } from '../wire/binds.ts'
import type { RowtypeColumn } from '../wire/rowtype.ts'
import type { Catalog } from './catalog.ts'
import type { Statement } from './statement.ts'

/** A statement as it was understood, kept for the next one of the same text. */
export interface Plan {
  readonly id: number
  readonly translation: Translation
  /** Of a translation for PostgreSQL: its steps. */
  readonly steps: readonly BoundText[]
  timesUsed: number
  /** Columns of its last answer, when they depend on nothing but the statement. */
  columns: readonly RowtypeColumn[] | null
}

export interface Translations {
  /** @throws SnowflakeError what `translate` refuses */
  plan(statement: Statement): Plan
}

/** Statements with values written into them would fill the memory. */
const MAX_PLANS = 5000

/** Plans are kept by text and by what of the session a translation depends on, until the catalog changes. */
export const createTranslations = (catalog: Catalog, strict: boolean): Translations => {
  let plans = new Map<string, Plan>()
  let generation = catalog.generation
  let nextId = 1
  return {
    plan(statement) {
      if (generation !== catalog.generation || plans.size > MAX_PLANS) {
        plans = new Map()
        generation = catalog.generation
      }
      const key = planKey(statement)
      const known = plans.get(key)
      if (known !== undefined) return known
      const translation = translate(statement.text, viewOf(statement, catalog, strict))
      const steps = translation.type === 'POSTGRES' ? translation.steps.map(bindText) : []
      const plan: Plan = { id: nextId++, translation, steps, timesUsed: 0, columns: null }
      // Of a history the limits in time are part, and they are relative to now.
      if (translation.type !== 'QUERY_HISTORY') plans.set(key, plan)
      return plan
    },
  }
}

const planKey = ({ session, text }: Statement): string =>
  `${session.transaction === 'NONE' ? '' : 'T'}\0${session.database}\0${session.schema}\0${session.role}\0${session.warehouse}\0${session.user}\0${text}`

const viewOf = ({ session, parameters }: Statement, catalog: Catalog, strict: boolean): SessionView => ({
  user: session.user,
  role: session.role,
  database: session.database,
  schema: session.schema,
  warehouse: session.warehouse,
  inTransaction: session.transaction !== 'NONE',
  parameters,
  tableKind: catalog.tableKind,
  strict,
})
