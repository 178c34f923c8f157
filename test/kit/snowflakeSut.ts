import type { TableType } from '@flakebench/contract'
import type { SnowflakeSettings } from '@flakebench/store'
import { insertDemoRows } from '../../sql/store/src/demo/insertDemoRows.ts'
import { CREATE_ORDERS } from '../../sql/store/src/demo/ordersTable.ts'
import { freshSnowflake } from '../snowflake/kit/freshSnowflake.ts'
import type { SnowflakeServerOptions } from '../snowflake/server/options.ts'
import { postgresSchema } from '../snowflake/server/sql/translation.ts'
import type { SnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'
import { asAdmin } from './asAdmin.ts'
import { sharedClusters } from './sharedClusters.ts'
import { withSnowflake } from './withSnowflake.ts'

type SnowflakeTableType = Exclude<TableType, 'POSTGRES'>

export interface SnowflakeSutOptions {
  readonly rows?: number
  /** Of the table ORDERS; STANDARD when left out. */
  readonly tableType?: SnowflakeTableType
  readonly server?: Omit<SnowflakeServerOptions, 'postgresUrl'>
}

/** Snowflake's protocol over a database of its own: BENCH.PUBLIC.ORDERS with the columns and values of the demo's orders, ids from 1. */
export interface SnowflakeSut {
  readonly wire: SnowflakeServer
  readonly tableType: SnowflakeTableType
  /** Of a saved connection; the secret is `password`. */
  readonly settings: SnowflakeSettings
  readonly password: string
  readonly database: 'BENCH'
  readonly schema: 'PUBLIC'
  readonly table: 'ORDERS'
  readonly warehouse: 'BENCH_WH'
  /** Of the PostgreSQL behind it, as the superuser; the table is in the schema `adminSchema`. */
  readonly adminUrl: string
  readonly adminSchema: string
  /** Closes the server and drops the database. May be called twice. */
  drop(): Promise<void>
}

const COLUMNS = `ORDER_ID NUMBER(18, 0) NOT NULL, CUSTOMER_ID NUMBER(9, 0) NOT NULL, STATUS VARCHAR(16) NOT NULL, AMOUNT NUMBER(10, 2) NOT NULL,
  CURRENCY CHAR(3) NOT NULL, CREATED_AT TIMESTAMP_NTZ NOT NULL, UPDATED_AT TIMESTAMP_NTZ NOT NULL, NOTE VARCHAR NOT NULL`

/** The statements that make ORDERS from nothing, or from ORDERS_BASE, which holds the rows. */
const MAKE_ORDERS: Readonly<Record<SnowflakeTableType, string>> = {
  STANDARD: `CREATE TABLE ORDERS (${COLUMNS}, PRIMARY KEY (ORDER_ID))`,
  HYBRID: `CREATE HYBRID TABLE ORDERS (${COLUMNS}, PRIMARY KEY (ORDER_ID), INDEX ORDERS_CUSTOMER (CUSTOMER_ID))`,
  VIEW: 'CREATE VIEW ORDERS AS SELECT * FROM ORDERS_BASE',
  DYNAMIC: "CREATE DYNAMIC TABLE ORDERS TARGET_LAG = '1 minute' WAREHOUSE = BENCH_WH AS SELECT * FROM ORDERS_BASE",
  INTERACTIVE: 'CREATE INTERACTIVE TABLE ORDERS CLUSTER BY (ORDER_ID) AS SELECT * FROM ORDERS_BASE',
}

const isMadeOfBase = (type: SnowflakeTableType): boolean => type === 'VIEW' || type === 'DYNAMIC' || type === 'INTERACTIVE'

export const freshSnowflakeSut = async (options: SnowflakeSutOptions = {}): Promise<SnowflakeSut> => {
  const { rows = 2_000, tableType = 'STANDARD' } = options
  const { server: wire, postgresUrl: adminUrl, drop } = await freshSnowflake(options.server, sharedClusters().sutAdminUrl)
  const adminSchema = postgresSchema('BENCH', 'PUBLIC')
  const filled = isMadeOfBase(tableType) ? 'ORDERS_BASE' : 'ORDERS'
  await withSnowflake(wire.url, async execute => {
    await execute(isMadeOfBase(tableType) ? `CREATE TABLE ORDERS_BASE (${COLUMNS}, PRIMARY KEY (ORDER_ID))` : MAKE_ORDERS[tableType])
    await fill(adminUrl, `"${adminSchema}".${filled.toLowerCase()}`, rows)
    if (isMadeOfBase(tableType)) await execute(MAKE_ORDERS[tableType])
  })
  return {
    wire,
    tableType,
    settings: { account: 'FLAKEBENCH', user: 'BENCH', role: null, authenticator: 'PASSWORD', tokenFile: null, accessUrl: wire.url },
    password: 'bench',
    database: 'BENCH',
    schema: 'PUBLIC',
    table: 'ORDERS',
    warehouse: 'BENCH_WH',
    adminUrl,
    adminSchema,
    drop,
  }
}

const SEED = 42

/** The demo's rows, made where the demo makes them and moved; with an index, which both kinds of table have the like of. */
const fill = (adminUrl: string, table: string, rows: number): Promise<void> =>
  asAdmin(adminUrl, async admin => {
    await admin.query("SET TIMEZONE = 'UTC'")
    await admin.query(CREATE_ORDERS)
    if (rows > 0) await insertDemoRows(admin, 1, rows, SEED, rows)
    await admin.query(`INSERT INTO ${table} SELECT * FROM public.orders`)
    await admin.query('DROP TABLE public.orders')
    await admin.query(`CREATE INDEX ON ${table} (order_id)`)
    await admin.query(`ANALYZE ${table}`)
  })
