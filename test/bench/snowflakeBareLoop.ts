import { performance } from 'node:perf_hooks'
import { loadSnowflake, type SnowflakeDriver } from '@flakebench/store'
import { measureSpan } from './measuredSpan.ts'
import { percentile } from './report.ts'
import { LOOKUP, PASSWORD, ROWS } from './snowflakeLookup.ts'

/**
 * The least that a client on this driver can do: connections that each send the next point lookup when the last one has ended, and count. Usage: node
 * --import tsx snowflakeBareLoop.ts <url> <connections> <seconds> <how>; `how` is `unread` to leave rows as they came, as the worker does, or `rows` to
 * have them made into objects, as the driver does by default. Answers with one line of JSON.
 */
const [accessUrl = '', connections = '', seconds = '', how = ''] = process.argv.slice(2)
const WARMUP_MS = 2_000

type Connection = ReturnType<SnowflakeDriver['createConnection']>

const driver = await loadSnowflake()
const signIn = (): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const connection = driver.createConnection({
      accessUrl,
      account: 'FLAKEBENCH',
      username: 'BENCH',
      password: PASSWORD,
      warehouse: 'BENCH_WH',
      database: 'BENCH',
      schema: 'PUBLIC',
    })
    connection.connect(error => (error ? reject(error) : resolve(connection)))
  })

const parameters = { QUERY_TAG: 'flakebench:bare', USE_CACHED_RESULT: false, STATEMENT_TIMEOUT_IN_SECONDS: 60 }
let ended = 0
let isOver = false
let latencies: number[] = []
const lookUp = (connection: Connection, done: () => void): void => {
  const sentMs = performance.now()
  connection.execute({
    sqlText: LOOKUP,
    binds: [1 + Math.floor(Math.random() * ROWS)],
    parameters,
    ...(how === 'unread' ? { streamResult: true } : {}),
    complete: error => {
      if (error) throw error
      ended += 1
      latencies.push(performance.now() - sentMs)
      if (isOver) done()
      else lookUp(connection, done)
    },
  })
}

const all: Connection[] = []
while (all.length < Number(connections))
  all.push(...(await Promise.all(Array.from({ length: Math.min(16, Number(connections) - all.length) }, signIn))))
const loops = Promise.all(all.map(connection => new Promise<void>(resolve => lookUp(connection, resolve))))
await new Promise(resolve => setTimeout(resolve, WARMUP_MS))
latencies = []
const figures = await measureSpan(Number(seconds), () => ended)
const p50Ms = percentile(latencies, 50)
isOver = true
await loops
await Promise.all(all.map(connection => new Promise(resolve => connection.destroy(resolve))))
process.stdout.write(`${JSON.stringify({ ...figures, p50Ms })}\n`)
process.exit()
