import { at } from './sampleConsole.ts'

/** What the made-up server of the editor knows of two databases. */
export const CONNECTIONS = [
  {
    __typename: 'Connection',
    id: '01POSTGRES',
    name: 'bench database',
    type: 'POSTGRES',
    hasSecret: true,
    isDefault: true,
    templateCount: 3,
    createdAt: at(0),
    updatedAt: at(0),
    postgres: { host: 'db.example.com', port: 5432, user: 'bench', database: 'shop', tls: 'VERIFY', ca: null },
    snowflake: null,
  },
  {
    __typename: 'Connection',
    id: '01SNOWFLAKE',
    name: 'bench account',
    type: 'SNOWFLAKE',
    hasSecret: true,
    isDefault: true,
    templateCount: 1,
    createdAt: at(0),
    updatedAt: at(0),
    postgres: null,
    snowflake: { account: 'MYORG-BENCH', user: 'BENCH_USER', role: null, authenticator: 'KEY_PAIR', accessUrl: null, tokenFile: null },
  },
]

const named = (...names: readonly string[]) => names.map(name => ({ name, comment: null }))
const table = (name: string, tableType: string, rowEstimate: number | null) => ({
  name,
  tableType,
  rowEstimate,
  bytes: null,
  comment: null,
})

export const PLACES = {
  '01POSTGRES': {
    databases: named('shop', 'postgres'),
    schemas: named('public', 'sales'),
    tables: [
      table('customers', 'POSTGRES', 20_000),
      table('order_items', 'POSTGRES', 1_240_000),
      table('orders', 'POSTGRES', 312_500),
      table('orders_by_day', 'POSTGRES', null),
    ],
    warehouses: [],
  },
  '01SNOWFLAKE': {
    databases: named('BENCH', 'SNOWFLAKE'),
    schemas: named('INFORMATION_SCHEMA', 'PUBLIC'),
    tables: [
      table('ORDERS', 'HYBRID', 2_500_000),
      table('ORDERS_DAILY', 'DYNAMIC', 900),
      table('ORDERS_FAST', 'INTERACTIVE', 2_500_000),
      table('ORDERS_HISTORY', 'STANDARD', 81_000_000),
      table('OPEN_ORDERS', 'VIEW', null),
    ],
    warehouses: [warehouse('BENCH_WH', 'X-Small', 'STARTED', false), warehouse('FAST_WH', 'Small', 'SUSPENDED', true)],
  },
} as const

function warehouse(name: string, size: string, state: string, isInteractive: boolean) {
  return {
    name,
    type: 'STANDARD',
    size,
    state,
    isInteractive,
    minClusters: 1,
    maxClusters: 2,
    startedClusters: state === 'STARTED' ? 1 : 0,
    scalingPolicy: 'STANDARD',
    autoSuspendSeconds: 600,
    autoResume: true,
    queryAcceleration: false,
    queryAccelerationMaxScaleFactor: null,
    resourceConstraint: null,
    generation: null,
    running: 0,
    queued: 0,
    capturedAt: at(0),
  }
}

const column = (name: string, type: string, more: object = {}) => ({
  name,
  type,
  nullable: true,
  isKey: false,
  hasDefault: false,
  comment: null,
  ...more,
})

export const COLUMNS = [
  column('id', 'bigint', { isKey: true, nullable: false, hasDefault: true }),
  column('customer_id', 'bigint', { nullable: false }),
  column('status', 'character varying(16)', { nullable: false }),
  column('amount', 'numeric(12,2)'),
  column('note', 'text'),
  column('created_at', 'timestamp with time zone', { nullable: false, hasDefault: true }),
  column('updated_at', 'timestamp with time zone'),
]

export const LOOKUP = { column: 'id', reason: 'PRIMARY_KEY', isWholeKey: true, hasIndex: true }

/** Of this schema the server lists one table at a time. */
const CUT_SCHEMA = 'sales'

/** As the server lists tables: all, or those that are looked for. */
export const listed = <Row extends { readonly name: string }>(tables: readonly Row[], schema: string, search?: string | null) => {
  const found = tables.filter(({ name }) => search == null || name.includes(search))
  const isCut = schema === CUT_SCHEMA && found.length > 1
  return { tables: isCut ? found.slice(0, 1) : found, isCut }
}
