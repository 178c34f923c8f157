import { DEFAULT_SCHEMA } from '../client/controlDatabaseOptions.ts'
import { CONTROL_SESSION, withoutSecondaryRoles } from '../client/snowflake.ts'
import { SnowflakeFailure } from '../snowflake/failure.ts'
import { openSnowflakeSession, type SnowflakeSession } from '../snowflake/session.ts'
import type { SnowflakeSignIn } from '../snowflake/signIn.ts'
import { portableStatements, snowflakeStatements } from './schemaFiles.ts'

/** A hybrid table takes seconds to make, and the warehouse may have to wake up first. */
const STATEMENT_SECONDS = 120
const CONNECT_TIMEOUT_MS = 30_000
const DEADLINE = { deadlineMs: (STATEMENT_SECONDS + 5) * 1_000 }
const DEFINITION_TRIES = 3

/**
 * Applies the control schema to a Snowflake database, making database and schema when they are missing; rerunnable, and safe when two do it at once.
 * What exists stays as it is. A statement is final as soon as it is executed: Snowflake cannot undo a definition.
 * @throws Error that says what the role may not do; SnowflakeFailure for anything else
 */
export const initSnowflake = async (
  signIn: SnowflakeSignIn & { readonly database: string },
  schema: string = DEFAULT_SCHEMA,
): Promise<void> => {
  const session = await openSnowflakeSession(
    { ...signIn, database: null, schema: null },
    {
      application: 'flakebench init-db',
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      parameters: { ...CONTROL_SESSION, STATEMENT_TIMEOUT_IN_SECONDS: STATEMENT_SECONDS },
    },
  )
  await withoutSecondaryRoles(session, DEADLINE)
  try {
    const role = signIn.role ?? "the user's own role"
    await enter(session, 'DATABASE', signIn.database, role)
    await enter(session, 'SCHEMA', `${signIn.database}.${schema}`, role)
    for (const statement of [...snowflakeStatements(), ...portableStatements()]) await apply(session, statement)
  } finally {
    await session.close()
  }
}

const run = (session: SnowflakeSession, sql: string): Promise<unknown> => session.execute(sql, [], DEADLINE)

/** ⚠ Looks before it creates: CREATE … IF NOT EXISTS of what exists needs the right to create it all the same. */
const enter = async (session: SnowflakeSession, kind: 'DATABASE' | 'SCHEMA', name: string, role: string): Promise<void> => {
  const use = (): Promise<unknown> => run(session, `USE ${kind} ${name}`)
  try {
    await use()
  } catch (missing) {
    if (!isRefusal(missing)) throw missing
    await apply(session, `CREATE ${kind} IF NOT EXISTS ${name}`).catch((refused: unknown) => {
      if (!isRefusal(refused)) throw refused
      throw new Error(
        `the ${kind.toLowerCase()} ${name} does not exist or is closed to ${role}, which may not create it either (${refused.message}): ` +
          'see sql/schema/snowflake/roles.sql for the rights it needs',
      )
    })
    await use()
  }
}

const isRefusal = (error: unknown): error is SnowflakeFailure => error instanceof SnowflakeFailure && error.kind === 'SERVER'

/** Two that create the same thing at the same moment: one of them is refused, IF NOT EXISTS or not, and finds it made when it tries again. */
const apply = async (session: SnowflakeSession, statement: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await run(session, statement)
      return
    } catch (error) {
      if (attempt >= DEFINITION_TRIES || !isRefusal(error)) throw error
    }
  }
}
