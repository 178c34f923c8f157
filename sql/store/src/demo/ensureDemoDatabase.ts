import { withClient } from './withClient.ts'

export const DEMO_DATABASE = 'demo'

/** The address of the demo database on the server that `adminUrl` names. */
export const demoUrlOf = (adminUrl: string): string => {
  const url = new URL(adminUrl)
  url.pathname = `/${DEMO_DATABASE}`
  return url.href
}

/** Creates the database if it is missing, and in it the statement statistics where the server has them loaded. Returns its address. */
export const ensureDemoDatabase = async (adminUrl: string): Promise<string> => {
  await withClient(adminUrl, async client => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DEMO_DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DEMO_DATABASE}`)
  })
  const demoUrl = demoUrlOf(adminUrl)
  await withClient(demoUrl, async client => {
    const { rows } = await client.query<{ loaded: string }>(`SELECT current_setting('shared_preload_libraries') AS loaded`)
    if (rows[0]?.loaded.includes('pg_stat_statements')) await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  })
  return demoUrl
}
