import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { asAdmin } from '../../kit/asAdmin.ts'
import { sharedClusters, TEST_DATABASE_PREFIX } from '../../kit/sharedClusters.ts'
import { prepareDatabase } from '../server/sql/prepareDatabase.ts'
import { translate } from '../server/sql/translate.ts'
import { type SessionView, swapCase, type TableKind, type Translation } from '../server/sql/translation.ts'

/** A session of nobody in particular: database BENCH, schema PUBLIC, strict; with the kinds of tables that `kinds` knows by "schema.table". */
export const sampleSession = (change: Partial<SessionView> = {}, kinds: ReadonlyMap<string, TableKind> = new Map()): SessionView => ({
  user: 'TESTER',
  role: 'SYSADMIN',
  database: 'BENCH',
  schema: 'PUBLIC',
  warehouse: 'WH',
  inTransaction: false,
  parameters: new Map(),
  tableKind: (schema, table) => kinds.get(`${schema}.${table}`) ?? null,
  strict: true,
  ...change,
})

export interface TranslatedDatabase {
  readonly client: pg.Client
  readonly kinds: ReadonlyMap<string, TableKind>
  /** Translates and runs; answers rows by Snowflake's names, values as text. */
  run(
    sql: string,
    binds?: readonly (string | null)[],
    change?: Partial<SessionView>,
  ): Promise<readonly Readonly<Record<string, string | null>>[]>
  close(): Promise<void>
}

/** A prepared PostgreSQL database with BENCH.PUBLIC in it, on which statements of Snowflake's SQL are run without the wire between. */
export const openTranslatedDatabase = async (): Promise<TranslatedDatabase> => {
  const { controlAdminUrl } = sharedClusters()
  const name = `${TEST_DATABASE_PREFIX}${randomBytes(6).toString('hex')}`
  await asAdmin(controlAdminUrl, admin => admin.query(`CREATE DATABASE ${name}`))
  const url = new URL(controlAdminUrl)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await prepareDatabase(client)
  const kinds = new Map<string, TableKind>()
  const run: TranslatedDatabase['run'] = async (sql, binds = [], change = {}) => {
    const translation = translate(sql, sampleSession(change, kinds))
    if (translation.type !== 'POSTGRES') throw new Error(`not for PostgreSQL: ${translation.type}`)
    const rows = await runSteps(client, translation, binds)
    for (const { schema, table, kind } of translation.registers ?? []) {
      if (kind === null) kinds.delete(`${schema}.${table}`)
      else kinds.set(`${schema}.${table}`, kind)
    }
    return rows
  }
  await client.query("SET timezone = 'UTC'")
  await run('CREATE DATABASE bench')
  const close = async () => {
    await client.end()
    await asAdmin(controlAdminUrl, admin => admin.query(`DROP DATABASE ${name} WITH (FORCE)`))
  }
  return { client, kinds, run, close }
}

const runSteps = async (client: pg.Client, translation: Extract<Translation, { type: 'POSTGRES' }>, binds: readonly (string | null)[]) => {
  let last: pg.QueryArrayResult | null = null
  for (const step of translation.steps) {
    const used = Math.max(0, ...[...step.matchAll(/\$(\d+)/g)].map(match => Number(match[1])))
    last = await client
      .query({ text: step, values: binds.slice(0, used), rowMode: 'array', types: { getTypeParser: () => (value: string) => value } })
      .catch((error: Error) => Promise.reject(new Error(`${error.message}\n  in: ${step}`, { cause: error })))
  }
  const names = (last?.fields ?? []).map(field => (translation.lowerCaseNames === true ? field.name : swapCase(field.name)))
  return (last?.rows ?? []).map(row => Object.fromEntries(names.map((column, i) => [column, row[i] as string | null])))
}
