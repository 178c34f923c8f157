import pg from 'pg'
import { prepareDatabase } from '../snowflake/server/sql/prepareDatabase.ts'
import { postgresSchema } from '../snowflake/server/sql/translation.ts'
import { startSnowflakeServer } from '../snowflake/server/startSnowflakeServer.ts'

/**
 * Snowflake's protocol in a process of its own, so that what it costs is not counted as the client's. Usage: node --import tsx snowflakeServer.ts <url of
 * an empty database, as its superuser> <rows>; answers with its address, then takes the latency of logins in milliseconds, a line each.
 */
const [url = '', rows = ''] = process.argv.slice(2)

const client = new pg.Client({ connectionString: url })
await client.connect()
await prepareDatabase(client)
const server = await startSnowflakeServer({ postgresUrl: url })
await server.createDatabase('BENCH')
const table = `"${postgresSchema('BENCH', 'PUBLIC')}".orders`
await client.query(
  `CREATE TABLE ${table} (order_id numeric(18) PRIMARY KEY, customer_id numeric(9), status varchar(16), amount numeric(10, 2), currency varchar(3),
     created_at timestamp, updated_at timestamp, note varchar)`,
)
await client.query(
  `INSERT INTO ${table}
   SELECT n, n % 1000, 'SHIPPED', n % 10000 / 7.0, 'EUR', timestamp '2026-01-01' + n * interval '1 second', timestamp '2026-02-01' + n * interval '1 second', md5(n::text)
   FROM generate_series(1, $1::int) n`,
  [Number(rows)],
)
await client.query(`ANALYZE ${table}`)
await client.end()
process.stdout.write(`${server.url}\n`)
process.stdin.setEncoding('utf8').on('data', (text: string) => {
  server.dials.loginLatencyMs = Number(text.trim().split('\n').at(-1))
})
process.stdin.on('end', () => void server.close().then(() => process.exit()))
