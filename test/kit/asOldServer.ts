import { asAdmin } from './asAdmin.ts'
import type { FreshSutDatabase } from './sutDatabase.ts'

/** The system under test calls itself this version (110022: 11.22) to its own role for as long as `work` takes: no test has a server as old as that. */
export const asOldServer = async <T>({ adminUrl, user }: FreshSutDatabase, version: number, work: () => Promise<T>): Promise<T> =>
  asAdmin(adminUrl, async admin => {
    await admin.query(`CREATE FUNCTION public.current_setting(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '${version}' $$`)
    await admin.query(`ALTER ROLE ${user} SET search_path = public, pg_catalog`)
    try {
      return await work()
    } finally {
      await admin.query(`ALTER ROLE ${user} RESET search_path`)
      await admin.query('DROP FUNCTION public.current_setting(text)')
    }
  })
