import {
  countTemplates,
  deleteTemplate,
  insertTemplate,
  listTemplates,
  newId,
  readTemplate,
  type SqlClient,
  updateTemplate,
} from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FreshControlDatabase, freshControlDatabase } from '../kit/controlDatabase.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const template = (name: string, description: string | null = null) => soundTemplate({ ...SMALLEST, name, description })

const storeAll = async (db: SqlClient, ...named: (readonly [string, string?])[]): Promise<string[]> => {
  const ids: string[] = []
  for (const [name, description] of named) {
    const id = newId()
    await insertTemplate(db, id, template(name, description ?? null))
    ids.push(id)
  }
  return ids
}
const names = (templates: readonly { name: string }[]): string[] => templates.map(one => one.name)

describe('a template', () => {
  it('comes back as it was kept, with its first version', async () => {
    const { db } = await freshControlDatabase()
    const id = newId()
    const kept = template(`Räume "quoted" it's 100 % ? 🦆`, 'für später')
    await insertTemplate(db, id, kept)
    expect(await readTemplate(db, id)).toEqual({
      ...kept,
      id,
      version: 1,
      isUsed: false,
      usageCount: 0,
      lastUsedAtMs: null,
      createdBy: null,
      createdAtMs: expect.any(Number),
      updatedAtMs: expect.any(Number),
    })
  })

  it('rises in version with every change', async () => {
    const { db } = await freshControlDatabase()
    const [id = ''] = await storeAll(db, ['before'])
    expect(await updateTemplate(db, id, template('between'))).toBe('DONE')
    expect(await updateTemplate(db, id, template('after', 'now with words'))).toBe('DONE')
    expect(await readTemplate(db, id)).toMatchObject({ name: 'after', description: 'now with words', version: 3 })
  })

  it('is gone from everywhere once it is deleted, and can be deleted once', async () => {
    const { db } = await freshControlDatabase()
    const [id = '', other = ''] = await storeAll(db, ['gone'], ['still here'])
    expect(await deleteTemplate(db, id)).toBe(true)
    expect(await deleteTemplate(db, id)).toBe(false)
    expect(await updateTemplate(db, id, template('again'))).toBe('UNKNOWN')
    expect(await readTemplate(db, id)).toBeNull()
    expect((await listTemplates(db, null, 10, null)).map(one => one.id)).toEqual([other])
    expect(await countTemplates(db, 'gone')).toBe(0)
    expect(await db.query('SELECT template_name FROM test_templates WHERE template_id = ?', [id])).toEqual([{ template_name: 'gone' }])
  })

  it('that does not exist is nothing, not a fault', async () => {
    const { db } = await freshControlDatabase()
    expect(await readTemplate(db, 'nobody')).toBeNull()
    expect(await updateTemplate(db, 'nobody', template('x'))).toBe('UNKNOWN')
    expect(await deleteTemplate(db, 'nobody')).toBe(false)
  })
})

describe('the list of templates', () => {
  it('is read in pages, in the order in which they were made', async () => {
    const { db } = await freshControlDatabase()
    await storeAll(db, ['c'], ['a'], ['e'], ['b'], ['d'])
    const pages: string[][] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listTemplates>> = await listTemplates(db, null, 2, after)
      pages.push(names(page))
      after = page.at(-1)?.id ?? null
    } while (after !== null)
    expect(pages).toEqual([['c', 'a'], ['e', 'b'], ['d'], []])
    expect(await countTemplates(db, null)).toBe(5)
  })

  let shared: FreshControlDatabase
  beforeAll(async () => {
    shared = await freshControlDatabase()
    await storeAll(shared.db, ['Orders by key'], ['orders_by_day', 'every Morning'], ['100% reads'])
    await storeAll(shared.db, ['back a\\b slash'], ['Ärger'], [`it's mine?`])
  })
  afterAll(() => shared.drop())
  it.each([
    { search: 'ORDERS', finds: ['Orders by key', 'orders_by_day'] },
    { search: '  by key ', finds: ['Orders by key'] },
    { search: 'orders_by', finds: ['orders_by_day'] },
    { search: '100%', finds: ['100% reads'] },
    { search: '%', finds: ['100% reads'] },
    { search: 'morning', finds: ['orders_by_day'] },
    { search: 'a\\b', finds: ['back a\\b slash'] },
    { search: 'ÄRGER', finds: ['Ärger'] },
    { search: `it's`, finds: [`it's mine?`] },
    { search: '?', finds: [`it's mine?`] },
    { search: 'nothing like it', finds: [] },
    { search: '   ', finds: ['Orders by key', 'orders_by_day', '100% reads', 'back a\\b slash', 'Ärger', `it's mine?`] },
  ])('searched for "$search" holds what has it in name or description', async ({ search, finds }) => {
    const { db } = shared
    expect(names(await listTemplates(db, search, 10, null))).toEqual(finds)
    expect(await countTemplates(db, search)).toBe(finds.length)
  })
})
