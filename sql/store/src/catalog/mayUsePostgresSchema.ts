import type pg from 'pg'

/** Whether the role may look into a schema; null: there is none of that name. */
export const mayUsePostgresSchema = async (client: pg.Client, schema: string): Promise<boolean | null> => {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_schema_privilege(oid, 'USAGE') AS may FROM pg_namespace WHERE nspname = $1`,
    [schema],
  )
  return rows[0]?.may ?? null
}
