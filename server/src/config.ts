import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROLES, type Role } from '@flakebench/contract'
import { faultsOfControlUrl } from '@flakebench/store'
import { Fault } from './fault.ts'

// Otherwise graphql checks with every value that it looks at whether there is a second copy of itself, and express answers with stacks. Both look when
// they are loaded: main.ts imports this file before them.
process.env['NODE_ENV'] ||= 'production'

/** What the server was asked to be. Read once; the one place that reads the environment and the command line. */
export interface ServerConfig {
  readonly command: 'serve' | 'init-db' | 'watch' | 'add-user' | 'rotate-key' | 'help'
  /** The run to watch; empty for the other commands. */
  readonly runId: string
  /** Of add-user; null for the other commands. */
  readonly newUser: { readonly name: string; readonly role: Role } | null
  /** That watch shows; null: none is needed. */
  readonly apiToken: string | null
  readonly port: number
  /** The address that it listens on: a loopback one, unless others are to reach it. */
  readonly host: string
  /** The origin that people use, where that is not the host and port: behind a proxy. */
  readonly publicUrl: string | null
  /** Files in PEM with which it speaks HTTPS; null: HTTP. */
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null
  /** Where everything that must outlive the process is kept. */
  readonly home: string
  /** Null: the embedded PostgreSQL. */
  readonly controlDatabaseUrl: string | null
  readonly controlDatabaseSchema: string
  /** Base64 of 32 bytes; null: a key file in the home, made when missing. */
  readonly credentialKey: string | null
  /** Of rotate-key: the one to come; null: a key file in the home. */
  readonly newCredentialKey: string | null
  /** Rows of the demo's table; 0: no demo. */
  readonly demoRows: number
  /** Looks for runs of servers that died as often when none is known to go on: where that is paid for, it has to be asked for. */
  readonly standby: boolean
  /** MiB of single executions that a run may have on the workers' disks, all workers together. */
  readonly spoolLimitMb: number
  /** Days for which single executions are kept after a run; 0: for ever. */
  readonly keepExecutionsDays: number
  /** Days for which rows of the audit log are kept; 0: for ever. */
  readonly keepAuditDays: number
  /** MiB that a bundle of a run from elsewhere may have. */
  readonly bundleLimitMb: number
  /** Of the environment, what a worker process needs to run at all. */
  readonly workerEnvironment: Readonly<Record<string, string>>
}

export const HELP = `FlakeBench: benchmarks Snowflake table types and PostgreSQL.

  npm start                      set up what is missing, then serve the console
  npm start -- --port 4001       … on another port
  npm start -- --host 0.0.0.0    … for other machines too: with a user first, as everybody must sign in then
  npm start -- --standby         … and take over the runs of a server that dies within 15 s, also when none was known to go on
  npm run init-db                apply the control schema to CONTROL_DATABASE_URL
  npm run add-user -- NAME --role ROLE
                                 a user, or another password and role for one: VIEWER looks, OPERATOR runs, AUTHOR makes templates,
                                 ADMIN keeps connections and users. Asks for the password, or takes it as a line on stdin
  npm run rotate-key             seal saved passwords with a new key, while no server runs; with FLAKEBENCH_CREDENTIAL_KEY, with that of
                                 FLAKEBENCH_NEW_CREDENTIAL_KEY
  npm run -s watch -- RUN_ID     follow a run: a line of JSON each second, until it is over

Settings, from the environment:
  FLAKEBENCH_PORT                the port (4000)
  FLAKEBENCH_HOST                the address to listen on (127.0.0.1)
  FLAKEBENCH_PUBLIC_URL          what people open instead, where a proxy is before it: https://bench.example.com; everybody must sign in then.
                                 Wrong passwords slow down the address that they come from: of a proxy on this machine, the last one of its
                                 X-Forwarded-For; of one on another machine none, as all are behind it: only the name
  FLAKEBENCH_TLS_CERT, FLAKEBENCH_TLS_KEY
                                 files in PEM: the server speaks HTTPS itself
  FLAKEBENCH_TOKEN               an API token, for watch where one has to sign in
  FLAKEBENCH_HOME                where data is kept (yours: ${defaultHome()}); in its folder tokens, the token files of connections
  FLAKEBENCH_DEMO_ROWS           rows of the demo table (1000000); 0 for no demo
  FLAKEBENCH_STANDBY             1: as --standby. It keeps a warehouse of the control tables awake, which is paid for
  FLAKEBENCH_SPOOL_LIMIT_MB      disk for the single executions of one run until they are loaded (10240); what is beyond is counted, not kept
  FLAKEBENCH_KEEP_EXECUTIONS_DAYS  days that they are kept after a run (30); 0: for ever. Figures always are, and those of baselines
  FLAKEBENCH_KEEP_AUDIT_DAYS     days that the audit log is kept (365); 0: for ever
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
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  serve: [],
  'init-db': [],
  watch: ['RUN_ID'],
  'add-user': ['NAME'],
  'rotate-key': [],
}

/** Snowflake is reached through a proxy where there is one. */
const PROXY = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY']
const WORKERS_ENVIRONMENT = ['PATH', 'HOME', 'TZ', 'NODE_EXTRA_CA_CERTS', ...PROXY, ...PROXY.map(name => name.toLowerCase())]

const DEFAULT_HOST = '127.0.0.1'
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
  const keyIn = (name: string): string | null => {
    const key = env[name] || null
    if (key !== null && Buffer.from(key, 'base64').length !== 32) faults.push(`${name} must be 32 bytes in base64`)
    return key
  }
  const config: ServerConfig = {
    command: values.help === true ? 'help' : (command as ServerConfig['command']),
    runId: command === 'watch' ? (operands[0] ?? '') : '',
    newUser: command === 'add-user' ? { name: operands[0] ?? '', role: readRole(values.role, faults) } : null,
    apiToken: env['FLAKEBENCH_TOKEN'] || null,
    host: readHost(values.host ?? (env['FLAKEBENCH_HOST'] || DEFAULT_HOST), faults),
    publicUrl: readPublicUrl(env['FLAKEBENCH_PUBLIC_URL'] || null, faults),
    tls: readTls(env['FLAKEBENCH_TLS_CERT'] || null, env['FLAKEBENCH_TLS_KEY'] || null, faults),
    port: wholeNumber('the port', values.port ?? env['FLAKEBENCH_PORT'] ?? DEFAULT_PORT, 0, 65_535),
    home: env['FLAKEBENCH_HOME'] || defaultHome(),
    controlDatabaseUrl: url,
    controlDatabaseSchema: schema,
    credentialKey: keyIn('FLAKEBENCH_CREDENTIAL_KEY'),
    newCredentialKey: keyIn('FLAKEBENCH_NEW_CREDENTIAL_KEY'),
    demoRows: wholeNumber('FLAKEBENCH_DEMO_ROWS', env['FLAKEBENCH_DEMO_ROWS'] ?? DEFAULT_DEMO_ROWS, 0, 1_000_000_000),
    standby: values.standby === true || standby === '1',
    spoolLimitMb: wholeNumber('FLAKEBENCH_SPOOL_LIMIT_MB', env['FLAKEBENCH_SPOOL_LIMIT_MB'] || '10240', 1, 100_000_000),
    keepExecutionsDays: wholeNumber('FLAKEBENCH_KEEP_EXECUTIONS_DAYS', env['FLAKEBENCH_KEEP_EXECUTIONS_DAYS'] || '30', 0, 36_500),
    keepAuditDays: wholeNumber('FLAKEBENCH_KEEP_AUDIT_DAYS', env['FLAKEBENCH_KEEP_AUDIT_DAYS'] || '365', 0, 36_500),
    bundleLimitMb: wholeNumber('FLAKEBENCH_BUNDLE_LIMIT_MB', env['FLAKEBENCH_BUNDLE_LIMIT_MB'] || '2048', 1, 1_000_000),
    workerEnvironment: Object.fromEntries(
      WORKERS_ENVIRONMENT.flatMap(name => (env[name] === undefined ? [] : [[name, env[name] as string]])),
    ),
  }
  if (faults.length > 0) throw new Fault(faults.join('\n'))
  return Object.freeze(config)
}

const readRole = (text: string | undefined, faults: string[]): Role => {
  const role = ROLES.find(one => one === text?.toUpperCase())
  if (role === undefined) faults.push(`add-user takes --role and one of ${ROLES.join(', ')}`)
  return role ?? 'VIEWER'
}

const readHost = (host: string, faults: string[]): string => {
  const plain = host.replace(/^\[(.*)\]$/, '$1')
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(plain)) faults.push(`the host must be an address or a name alone, such as 0.0.0.0; it is "${host}"`)
  return plain
}

const readPublicUrl = (text: string | null, faults: string[]): string | null => {
  if (text === null) return null
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && `${url.search}${url.hash}${url.username}` === ''
  if (!isOrigin) faults.push(`FLAKEBENCH_PUBLIC_URL must be as https://bench.example.com, with no path; it is "${text}"`)
  return url?.origin ?? null
}

const readTls = (certificateFile: string | null, keyFile: string | null, faults: string[]): ServerConfig['tls'] => {
  if (certificateFile !== null && keyFile !== null) return { certificateFile, keyFile }
  if (certificateFile !== keyFile) faults.push('FLAKEBENCH_TLS_CERT and FLAKEBENCH_TLS_KEY must both be given, or neither')
  return null
}

interface Parsed {
  readonly values: {
    readonly port?: string
    readonly host?: string
    readonly role?: string
    readonly help?: boolean
    readonly standby?: boolean
  }
  readonly positionals: string[]
}

const parse = (args: readonly string[], faults: string[]): Parsed => {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        role: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        standby: { type: 'boolean' },
      },
    }) as Parsed
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error))
    return { values: {}, positionals: [] }
  }
}
