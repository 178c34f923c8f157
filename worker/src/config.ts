import { Buffer } from 'node:buffer'
import { faultsOfControlUrl } from '@flakebench/store'
import { EXIT, WorkerFailure } from './failure.ts'

/** What the worker takes from its environment. */
export interface Config {
  readonly controlDatabaseUrl: string
  /** Null: the store's default. */
  readonly controlDatabaseSchema: string | null
  readonly credentialKey: string
  /** Where the token files of saved connections may be; null: nowhere but where Snowflake itself puts one. */
  readonly tokenFolder: string | null
  /** Where executions are kept until they are loaded, and how much of it is this worker's; null: none are kept. */
  readonly spool: { readonly folder: string; readonly limitMb: number } | null
}

const KEY_BYTES = 32
const SPOOL_LIMIT_MB = 4_096

/** @throws WorkerFailure that lists every fault at once */
export const readConfig = (environment: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const faults: string[] = []
  const url = environment['CONTROL_DATABASE_URL'] ?? ''
  const schema = environment['CONTROL_DATABASE_SCHEMA'] ?? ''
  const key = environment['FLAKEBENCH_CREDENTIAL_KEY'] ?? ''
  const tokenFolder = environment['FLAKEBENCH_TOKEN_FOLDER'] || null
  const spoolFolder = environment['FLAKEBENCH_SPOOL_FOLDER'] ?? ''
  const spoolLimit = environment['FLAKEBENCH_SPOOL_LIMIT_MB'] || String(SPOOL_LIMIT_MB)
  if (!/^\d{1,9}$/.test(spoolLimit)) faults.push('FLAKEBENCH_SPOOL_LIMIT_MB must be a whole number of megabytes')
  if (url === '') faults.push('CONTROL_DATABASE_URL is not set: give it the address of the control database')
  else faults.push(...faultsOfControlUrl(url).map(fault => `CONTROL_DATABASE_URL ${fault}`))
  if (schema !== '' && !/^[a-z_][a-z0-9_]*$/.test(schema)) faults.push('CONTROL_DATABASE_SCHEMA must be a plain lower-case name')
  if (key === '') faults.push('FLAKEBENCH_CREDENTIAL_KEY is not set: give it the key that the connections were saved with')
  else if (Buffer.from(key, 'base64').length !== KEY_BYTES) faults.push(`FLAKEBENCH_CREDENTIAL_KEY must be ${KEY_BYTES} bytes in base64`)
  if (faults.length > 0) throw new WorkerFailure(EXIT.CONFIGURATION, faults.join('; '))
  return Object.freeze({
    controlDatabaseUrl: url,
    controlDatabaseSchema: schema === '' ? null : schema,
    credentialKey: key,
    tokenFolder,
    spool: spoolFolder === '' ? null : { folder: spoolFolder, limitMb: Number(spoolLimit) },
  })
}
