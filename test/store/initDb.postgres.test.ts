import { initPostgres } from '@flakebench/store'
import { expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { freshControlDatabase } from '../kit/controlDatabase.ts'

it('init-db leaves nothing behind on PostgreSQL when it is refused', async () => {
  const { url } = await freshControlDatabase()
  await asAdmin(url, admin => admin.query('CREATE SCHEMA broken; CREATE TABLE broken.find_max_step_history (n int)'))
  await expect(initPostgres(url, 'broken')).rejects.toThrow(/find_max_step_history/)
  const { rows } = await asAdmin(url, admin =>
    admin.query("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'broken' AND table_type = 'BASE TABLE'"),
  )
  expect(rows).toEqual([{ name: 'find_max_step_history' }])
})
