import { parseArgs } from 'node:util'
import pg from 'pg'
import { DEFAULT_USERS, type WireUser } from './server/options.ts'
import { prepareDatabase } from './server/sql/prepareDatabase.ts'
import { startSnowflakeServer } from './server/startSnowflakeServer.ts'

const USAGE = `node --import tsx snowflake/main.ts --postgres URL [options]
  --postgres URL        a superuser's URL of a PostgreSQL database that may be filled
  --port N              8085; 0: a free one
  --account NAME        FLAKEBENCH
  --user NAME:PASSWORD  who may sign in, any number of times; BENCH:bench when left out
  --database NAME       made when it is not there, any number of times; BENCH when left out
  --latency MS          added to each statement
  --login-latency MS    added to each sign-in
  --lenient             takes PostgreSQL's SQL too, where Snowflake would refuse it
  --help                this`

const readArguments = () =>
  parseArgs({
    options: {
      postgres: { type: 'string' },
      port: { type: 'string', default: '8085' },
      account: { type: 'string', default: 'FLAKEBENCH' },
      user: { type: 'string', multiple: true },
      database: { type: 'string', multiple: true, default: ['BENCH'] },
      latency: { type: 'string', default: '0' },
      'login-latency': { type: 'string', default: '0' },
      lenient: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values

const readUser = (text: string): WireUser => {
  const at = text.indexOf(':')
  if (at < 1) throw new Error(`--user ${text}: write NAME:PASSWORD`)
  return { name: text.slice(0, at), password: text.slice(at + 1) }
}

const prepare = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await prepareDatabase(client).finally(() => client.end())
}

const main = async (): Promise<void> => {
  const wanted = readArguments()
  if (wanted.help) return console.log(USAGE)
  if (wanted.postgres === undefined) throw new Error(USAGE)
  await prepare(wanted.postgres)
  const users = wanted.user?.map(readUser) ?? DEFAULT_USERS
  const server = await startSnowflakeServer({
    postgresUrl: wanted.postgres,
    port: Number(wanted.port),
    account: wanted.account,
    users,
    strict: !wanted.lenient,
  })
  server.dials.statementLatencyMs = Number(wanted.latency)
  server.dials.loginLatencyMs = Number(wanted['login-latency'])
  for (const database of wanted.database) await server.createDatabase(database.toUpperCase())
  console.log(`listening on ${server.url} (account ${server.account}, users ${users.map(user => user.name).join(', ')})`)
  const stop = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(String(error))
        process.exit(1)
      },
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})
