import pg from 'pg'
import { ensureDemoDatabase } from './ensureDemoDatabase.ts'
import { withClient } from './withClient.ts'

/** The user that benchmarks sign in as: it may read and change `orders` and nothing else. */
export const DEMO_ROLE = 'bench'

/** Makes sure of the role, this password and its rights on `orders`. Call it after createDemoOrders: a table made anew has no grants. */
export const ensureDemoRole = async (adminUrl: string, password: string): Promise<void> => {
  await withClient(await ensureDemoDatabase(adminUrl), async client => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [DEMO_ROLE])
    if (rowCount === 0) await client.query(`CREATE ROLE ${DEMO_ROLE}`)
    await client.query(`ALTER ROLE ${DEMO_ROLE} LOGIN PASSWORD ${pg.escapeLiteral(password)}`)
    await client.query(`GRANT SELECT, INSERT, UPDATE ON TABLE public.orders TO ${DEMO_ROLE}`)
  })
}
