import { initControlDatabase } from '@flakebench/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit, templateOf } from '../kit/runKit.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'
import { wireControlUrl } from '../kit/wireControlUrl.ts'

/** Another spelling of the account than the control database's address has. */
const LOCATOR = 'xy12345.eu-central-1'
let home: SnowflakeSut
let other: SnowflakeSut
let kit: RunKit
beforeAll(async () => {
  ;[home, other] = await Promise.all([
    freshSnowflakeSut({ rows: 10 }),
    freshSnowflakeSut({ rows: 10, server: { account: 'OTHER', warehouses: [{ name: 'CONTROL_WH' }, { name: 'BENCH_WH' }] } }),
  ])
  const url = wireControlUrl(home.wire.url)
  await initControlDatabase(url)
  kit = await openRunKit({ controlUrl: () => Promise.resolve(url) })
})
afterAll(async () => {
  await kit?.close()
  await Promise.all([home?.drop(), other?.drop()])
})

const SAVE = 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }'
const CHANGE = 'mutation ($id: ID!, $input: ConnectionInput!) { updateConnection(id: $id, input: $input) { id } }'
const PREPARE = 'mutation ($templateId: ID!) { prepareRun(templateId: $templateId) { id } }'
const START = 'mutation ($id: ID!) { startRun(id: $id) { id } }'

const inputOf = (name: string, accessUrl: string, account = LOCATOR) => ({
  name,
  snowflake: { account, user: 'BENCH', authenticator: 'PASSWORD', password: 'bench', accessUrl },
})
const connect = async (name: string, accessUrl: string, account?: string): Promise<string> =>
  (await kit.graphql<{ createConnection: { id: string } }>(SAVE, { input: inputOf(name, accessUrl, account) })).createConnection.id

/** A template of that place, through that connection. */
const template = (connectionId: string, database: string, warehouse: string): Promise<string> =>
  kit.createTemplate(
    templateOf(connectionId, {
      name: `${database} on ${warehouse}`,
      target: { connectionId, tableType: 'STANDARD', database, schema: 'PUBLIC', table: 'ORDERS', warehouse },
    }),
  )
const problemsOf = async (document: string, variables: Readonly<Record<string, unknown>>) =>
  (await refusalOf(kit.server.url, document, variables)).extensions.problems

const DATABASE = {
  path: 'target.database',
  message: 'The database FLAKEBENCH holds the control tables: benchmark a table of another one',
}
const WAREHOUSE = {
  path: 'target.warehouse',
  message: 'The warehouse control_wh serves the control tables: benchmark through another one',
}

it.each(['FLAKEBENCH', LOCATOR])(
  'refuses to load the database or the warehouse of the control tables, with the account spelled as %s',
  async account => {
    const connectionId = await connect(`Home by ${account}`, home.wire.url, account)
    expect(await problemsOf(PREPARE, { templateId: await template(connectionId, 'FLAKEBENCH', 'BENCH_WH') })).toEqual([DATABASE])
    expect(await problemsOf(PREPARE, { templateId: await template(connectionId, 'BENCH', 'control_wh') })).toEqual([WAREHOUSE])
    expect(await problemsOf(PREPARE, { templateId: await template(connectionId, 'FLAKEBENCH', 'control_wh') })).toEqual([
      DATABASE,
      WAREHOUSE,
    ])
    await kit.prepare({}, await template(connectionId, 'BENCH', 'BENCH_WH'))
  },
)

it('takes places of the same name in another account, and in one that cannot be asked', async () => {
  await kit.prepare({}, await template(await connect('Other', other.wire.url), 'FLAKEBENCH', 'CONTROL_WH'))
  await kit.prepare({}, await template(await connect('Nobody', 'http://127.0.0.1:1'), 'FLAKEBENCH', 'CONTROL_WH'))
})

it('refuses to start a run whose connection has come to lead to the control tables', async () => {
  const connectionId = await connect('Moved', other.wire.url)
  const runId = await kit.prepare({}, await template(connectionId, 'FLAKEBENCH', 'BENCH_WH'))
  await kit.graphql(CHANGE, { id: connectionId, input: inputOf('Moved', home.wire.url) })
  expect(await problemsOf(START, { id: runId })).toEqual([DATABASE])
  const { run } = await kit.graphql<{ run: { status: string } }>('query ($id: ID!) { run(id: $id) { status } }', { id: runId })
  expect(run.status).toBe('PREPARED')
})
