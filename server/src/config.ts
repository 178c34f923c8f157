import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { faultsOfControlUrl } from '@flakebench/store'
import { Fault } from './fault.ts'

/** What the server was asked to be. Read once; the one place that reads the environment and the command line. */
export interface ServerConfig {
  readonly command: 'serve' | 'init-db' | 'watch' | 'help'
  /** The run to watch; empty for the other commands. */
  readonly runId: string
  readonly port: number
  /** Where everything that must outlive the process is kept. */
  readonly home: string
  /** Null: the embedded PostgreSQL. */
  readonly controlDatabaseUrl: string | null
  readonly controlDatabaseSchema: string
  /** Base64 of 32 bytes; null: a key file in the home, made when missing. */
  readonly credentialKey: string | null
  /** Rows of the demo's table; 0: no demo. */
  readonly demoRows: number
  /** Looks for runs of servers that died as often when none is known to go on: where that is paid for, it has to be asked for. */
  readonly standby: boolean
  /** MiB of single executions that a run may have on the workers' disks, all workers together. */
  readonly spoolLimitMb: number
  /** Days for which single executions are kept after a run; 0: for ever. */
  readonly keepExecutionsDays: number
  /** MiB that a bundle of a run from elsewhere may have. */
  readonly bundleLimitMb: number
  /** Of the environment, what a worker process needs to run at all. */
  readonly workerEnvironment: Readonly<Record<string, string>>
}

export const HELP = `FlakeBench: benchmarks Snowflake table types and PostgreSQL.

  npm start                      set up what is missing, then serve the console
  npm start -- --port 4001       … on another port
  npm start -- --standby         … and take over the runs of a server that dies within 15 s, also when none was known to go on
  npm run init-db                apply the control schema to CONTROL_DATABASE_URL
  npm run -s watch -- RUN_ID     follow a run: a line of JSON each second, until it is over

Settings, from the environment:
  FLAKEBENCH_PORT                the port (4000)
  FLAKEBENCH_HOME                where data is kept (yours: ${defaultHome()}); in its folder tokens, the token files of connections
  FLAKEBENCH_DEMO_ROWS           rows of the demo table (1000000); 0 for no demo
  FLAKEBENCH_STANDBY             1: as --standby. It keeps a warehouse of the control tables awake, which is paid for
  FLAKEBENCH_SPOOL_LIMIT_MB      disk for the single executions of one run until they are loaded (10240); what is beyond is counted, not kept
  FLAKEBENCH_KEEP_EXECUTIONS_DAYS  days that they are kept after a run (30); 0: for ever. Figures always are, and those of baselines
  FLAKEBENCH_BUNDLE_LIMIT_MB     the largest bundle that is taken in (2048)
  FLAKEBENCH_CREDENTIAL_KEY      key that seals saved passwords, 32 bytes in base64 (else a key file in the home)
  CONTROL_DATABASE_URL           a PostgreSQL or Snowflake for the control tables, instead of the embedded one:
                                 postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or
                                 snowflake://USER:PASSWORD@ACCOUNT/DATABASE?warehouse=NAME&role=NAME, where instead of the password
                                 &privateKeyFile=FILE (&passphrase=…), &tokenFile=FILE or &authenticator=pat will do
  CONTROL_DATABASE_SCHEMA        their schema (test_results)
`

function defaultHome(): string {
  if (process.getuid?.() === 0) return '/var/lib/flakebench'
  const data = process.env['XDG_DATA_HOME'] ?? (process.platform === 'darwin' ? join(homedir(), 'Library/Application Support') : null)
  return join(data ?? join(homedir(), '.local/share'), 'flakebench')
}

/** The commands, and what each takes. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = { serve: [], 'init-db': [], watch: ['RUN_ID'] }

/** Snowflake is reached through a proxy where there is one. */
const PROXY = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']
const WORKERS_ENVIRONMENT = ['PATH', 'HOME', 'TZ', 'NODE_EXTRA_CA_CERTS', ...PROXY, ...PROXY.map(name => name.toLowerCase())]

const DEFAULT_PORT = '4000'
const DEFAULT_DEMO_ROWS = '1000000'

/** @throws Fault that lists every fault at once */
export const readConfig = (args: readonly string[]): ServerConfig => {
  const faults: string[] = []
  const wholeNumber = (name: string, text: string, from: number, to: number): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < from || value > to)
      faults.push(`${name} must be a whole number from ${from} to ${to}; it is "${text}"`)
    return value
  }
  const { values, positionals } = parse(args, faults)
  const [command = 'serve', ...operands] = positionals
  const wanted = OPERANDS[command]
  if (wanted === undefined) faults.push(`there is no command "${command}"; see --help`)
  else if (wanted.length !== operands.length) faults.push(`${command} takes ${wanted.join(' ') || 'nothing more'}; see --help`)

  const env = process.env
  const standby = env['FLAKEBENCH_STANDBY'] || '0'
  if (standby !== '0' && standby !== '1') faults.push(`FLAKEBENCH_STANDBY must be 1 or 0; it is "${standby}"`)
  const url = env['CONTROL_DATABASE_URL'] || null
  if (url !== null) faults.push(...faultsOfControlUrl(url).map(fault => `CONTROL_DATABASE_URL ${fault}`))
  const schema = env['CONTROL_DATABASE_SCHEMA'] || 'test_results'
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) faults.push('CONTROL_DATABASE_SCHEMA must be a plain lower-case name')
  const key = env['FLAKEBENCH_CREDENTIAL_KEY'] || null
  if (key !== null && Buffer.from(key, 'base64').length !== 32) faults.push('FLAKEBENCH_CREDENTIAL_KEY must be 32 bytes in base64')
  const config: ServerConfig = {
    command: values.help === true ? 'help' : (command as ServerConfig['command']),
    runId: command === 'watch' ? (operands[0] ?? '') : '',
    port: wholeNumber('the port', values.port ?? env['FLAKEBENCH_PORT'] ?? DEFAULT_PORT, 0, 65_535),
    home: env['FLAKEBENCH_HOME'] || defaultHome(),
    controlDatabaseUrl: url,
    controlDatabaseSchema: schema,
    credentialKey: key,
    demoRows: wholeNumber('FLAKEBENCH_DEMO_ROWS', env['FLAKEBENCH_DEMO_ROWS'] ?? DEFAULT_DEMO_ROWS, 0, 1_000_000_000),
    standby: values.standby === true || standby === '1',
    spoolLimitMb: wholeNumber('FLAKEBENCH_SPOOL_LIMIT_MB', env['FLAKEBENCH_SPOOL_LIMIT_MB'] || '10240', 1, 100_000_000),
    keepExecutionsDays: wholeNumber('FLAKEBENCH_KEEP_EXECUTIONS_DAYS', env['FLAKEBENCH_KEEP_EXECUTIONS_DAYS'] || '30', 0, 36_500),
    bundleLimitMb: wholeNumber('FLAKEBENCH_BUNDLE_LIMIT_MB', env['FLAKEBENCH_BUNDLE_LIMIT_MB'] || '2048', 1, 1_000_000),
    workerEnvironment: Object.fromEntries(
      WORKERS_ENVIRONMENT.flatMap(name => (env[name] === undefined ? [] : [[name, env[name] as string]])),
    ),
  }
  if (faults.length > 0) throw new Fault(faults.join('\n'))
  return Object.freeze(config)
}

interface Parsed {
  readonly values: { readonly port?: string; readonly help?: boolean; readonly standby?: boolean }
  readonly positionals: string[]
}

const parse = (args: readonly string[], faults: string[]): Parsed => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { port: { type: 'string' }, help: { type: 'boolean', short: 'h' }, standby: { type: 'boolean' } },
    }) as Parsed
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error))
    return { values: {}, positionals: [] }
  }
}
