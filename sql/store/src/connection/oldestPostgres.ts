import type pg from 'pg'

/** The oldest PostgreSQL that is spoken to: the looks at tables ask which columns are generated, which came with it. */
export const OLDEST_POSTGRES = 12

/** As people call a version: `11` for 110022, `9.6` for 90624. */
const majorOf = (version: number): string =>
  version >= 100_000 ? String(Math.floor(version / 10_000)) : `${Math.floor(version / 10_000)}.${Math.floor(version / 100) % 100}`

/** Why the server of a session is of no use; null: it is new enough. Before anything else is asked, which an old one may not know. */
export const explainOldPostgres = async (client: pg.Client): Promise<string | null> => {
  const { rows } = await client.query<{ version: number }>(`SELECT current_setting('server_version_num')::integer AS version`)
  const version = rows[0]?.version ?? 0
  if (version >= OLDEST_POSTGRES * 10_000) return null
  return `${client.host}:${client.port} runs PostgreSQL ${majorOf(version)}, and FlakeBench needs ${OLDEST_POSTGRES} or later: use a newer server`
}
