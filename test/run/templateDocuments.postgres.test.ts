import { newId, putConnection } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { CONNECTION, inputOf, refused, type ShownTemplate, TEMPLATE_FIELDS, templateApi, withConnections } from '../kit/templateApi.ts'

let kit: RunKit
const { create, update } = templateApi(() => kit)
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

describe('templates as documents', () => {
  const write = async (id: string, more = ''): Promise<string> =>
    (await kit.graphql<{ document: string }>(`query ($id: ID!) { document: templateDocument(id: $id${more}) }`, { id })).document
  const READ =
    'readTemplateDocument(document: $document) { missingConnection problems { path message } template { id name target { connectionId } load { durationSeconds } versions { version } recentRuns { id } valuePools { needed status } } }'
  const readDocument = async (document: string): Promise<unknown> =>
    (await kit.graphql<{ readTemplateDocument: unknown }>(`query ($document: String!) { ${READ} }`, { document })).readTemplateDocument
  const importIt = async (document: string, connectionId: string | null = null): Promise<ShownTemplate> =>
    (
      await kit.graphql<{ made: ShownTemplate }>(
        `mutation ($document: String!, $connectionId: ID) { made: importTemplate(document: $document, connectionId: $connectionId) { ${TEMPLATE_FIELDS} } }`,
        { document, connectionId },
      )
    ).made

  it('go out and come in as new templates, in either format', async () => {
    const { id } = await create()
    expect(await write(id)).toBe(`# FlakeBench template "Orders", version 1.
# Fields that are left out have their defaults.
format: 1
name: Orders
target:
  connection: ${CONNECTION}
  table: orders
operations:
  pointLookup:
    weight: 100
load:
  targetConnections: 2
  durationSeconds: 2
  warmupSeconds: 1
`)
    for (const format of ['YAML', 'JSON']) {
      const made = await importIt(await write(id, `, format: ${format}`))
      expect(made).toMatchObject({ name: 'Orders', version: 1, target: { connectionName: CONNECTION }, load: { targetConnections: 2 } })
      expect(made.id).not.toBe(id)
    }
  })

  it('are there of every version that is kept', async () => {
    const { id } = await create()
    await kit.prepare({}, id)
    await update(id, withConnections(7))
    expect(await write(id, ', version: 1')).toContain('version 1.')
    expect(await write(id, ', version: 1')).toContain('targetConnections: 2')
    expect(await write(id, ', version: 2')).toContain('targetConnections: 7')
    expect((await refused(write(id, ', version: 3'))).message).toBe('There is no version 3 of this template')
  })

  const DOCUMENT = 'name: Written\ntarget: { connection: Nowhere, table: orders }\noperations: { pointLookup: { weight: 100 } }\n'

  it('are read without being saved', async () => {
    expect(await readDocument(DOCUMENT)).toEqual({
      missingConnection: 'Nowhere',
      problems: [],
      template: {
        id: '',
        name: 'Written',
        target: { connectionId: null },
        load: { durationSeconds: 300 },
        versions: [],
        recentRuns: [],
        valuePools: { needed: false, status: null },
      },
    })
    expect(await readDocument(DOCUMENT.replace('Nowhere', CONNECTION))).toMatchObject({
      missingConnection: null,
      template: { target: { connectionId: kit.connectionId } },
    })
    expect(await readDocument('name: [')).toMatchObject({ template: null, problems: [{ path: '' }] })
  })

  it('that name a connection that is not here need another one', async () => {
    const refusal = await refused(importIt(DOCUMENT))
    expect(refusal.extensions).toEqual({
      code: 'VALIDATION_FAILED',
      problems: [
        {
          path: 'target.connectionId',
          message: 'There is no connection named "Nowhere" here: choose one for the import, or add it first',
        },
      ],
    })
    expect((await importIt(DOCUMENT, kit.connectionId)).target.connectionName).toBe(CONNECTION)
    expect((await refused(importIt(DOCUMENT, 'nobody'))).extensions.code).toBe('NOT_FOUND')
    const hybrid = DOCUMENT.replace('table:', 'tableType: HYBRID, database: D, warehouse: W, table:')
    expect((await refused(importIt(hybrid, kit.connectionId))).extensions).toMatchObject({ problems: [{ path: 'target.connectionId' }] })
    expect((await importIt(DOCUMENT.replace('connection: Nowhere, ', ''))).target.connectionName).toBe(CONNECTION)
  })

  it('have no secrets, and survive a connection that was deleted', async () => {
    const other = newId()
    await putConnection(kit.control.db, {
      id: other,
      name: 'Short-lived',
      type: 'POSTGRES',
      settings: { host: 'db.example.com', port: 5432, user: 'someone', database: 'x', tls: 'VERIFY', ca: null },
      sealedCredentials: 'sealed',
    })
    const { id } = await create(inputOf({ target: { table: 'orders', connectionId: other } }))
    expect(await write(id)).toContain('connection: Short-lived')
    expect(await write(id)).not.toMatch(/example|someone|sealed/)
    await kit.control.db.execute('DELETE FROM connections WHERE connection_id = ?', [other])
    expect(await write(id)).not.toContain('connection:')
    // It stays as it is while others of its fields change; nothing new gets there, and no copy.
    const gone = { target: { table: 'orders', connectionId: other } }
    expect(await update(id, inputOf({ ...gone, description: 'Later' }))).toMatchObject({
      target: { connectionId: other, connectionName: null },
    })
    const copy = () => kit.graphql('mutation ($id: ID!) { duplicateTemplate(id: $id) { id } }', { id })
    const { id: sound } = await create()
    for (const saved of [copy, () => create(inputOf(gone)), () => update(sound, inputOf(gone))])
      expect((await refused(saved())).extensions).toMatchObject({
        problems: [
          {
            path: 'target.connectionId',
            message: 'The connection that target.connectionId names is not there (any more): choose another one',
          },
        ],
      })
    expect(await update(id, inputOf())).toMatchObject({ target: { connectionName: CONNECTION } })
  })
})
