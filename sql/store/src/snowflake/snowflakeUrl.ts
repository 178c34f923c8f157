import { readFileSync } from 'node:fs'
import type { SnowflakeAuth, SnowflakeSignIn } from './signIn.ts'

const AUTHENTICATORS = ['password', 'keypair', 'oauth', 'pat'] as const
type Authenticator = (typeof AUTHENTICATORS)[number]

const PARAMETERS = ['warehouse', 'role', 'authenticator', 'privateKeyFile', 'passphrase', 'tokenFile', 'accessUrl']
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The sign-in, or every fault of the address at once, in words that continue "the address …". */
export type ParsedSnowflakeUrl =
  | { readonly signIn: SnowflakeSignIn & { readonly database: string }; readonly faults: readonly [] }
  | { readonly signIn: null; readonly faults: readonly string[] }

/**
 * The address of a control database on Snowflake:
 * `snowflake://USER:PASSWORD@ACCOUNT/DATABASE?warehouse=W&role=R&authenticator=…&privateKeyFile=…&passphrase=…&tokenFile=…&accessUrl=…`.
 * A token stands in the password's place, or in `tokenFile`; without `authenticator`, `privateKeyFile` means a key pair and `tokenFile` OAuth.
 * The schema is not part of it.
 */
export const parseSnowflakeUrl = (
  url: string,
  readFile: (path: string) => string = path => readFileSync(path, 'utf8'),
): ParsedSnowflakeUrl => {
  if (!URL.canParse(url)) return { signIn: null, faults: ['is not one: write snowflake://USER:PASSWORD@ACCOUNT/DATABASE?warehouse=NAME'] }
  const { protocol, host, username, password, pathname, searchParams } = new URL(url)
  const faults: string[] = []
  const parameter = (name: string): string | null => searchParams.get(name) || null
  if (protocol !== 'snowflake:') faults.push('must begin with snowflake://')
  for (const name of new Set(searchParams.keys())) {
    if (!PARAMETERS.includes(name)) faults.push(`has an unknown parameter "${name}": there are ${PARAMETERS.join(', ')}`)
  }
  const account = plainText(host, faults)
  if (!/^[A-Za-z0-9._-]+$/.test(account)) faults.push('names no account: write snowflake://USER:PASSWORD@ACCOUNT/DATABASE')
  const database = plainText(pathname.slice(1), faults)
  if (!PLAIN_NAME.test(database)) faults.push('must name a database, of letters, digits and _: snowflake://…@ACCOUNT/DATABASE')
  const warehouse = parameter('warehouse')
  if (warehouse === null) faults.push('names no warehouse: add ?warehouse=NAME')
  const accessUrl = parameter('accessUrl')
  if (accessUrl !== null && !/^https?:\/\/[^/]/.test(accessUrl))
    faults.push('has an accessUrl that does not begin with https:// or http://')
  const user = plainText(username, faults)
  const auth = parseAuth(parameter, user, plainText(password, faults), readFile, faults)
  if (faults.length > 0 || auth === null) return { signIn: null, faults }
  return { signIn: { account, user, role: parameter('role'), warehouse, database, schema: null, accessUrl, auth }, faults: [] }
}

/** @returns null when there is a fault */
const parseAuth = (
  parameter: (name: string) => string | null,
  user: string,
  password: string,
  readFile: (path: string) => string,
  faults: string[],
): SnowflakeAuth | null => {
  const [privateKeyFile, tokenFile] = [parameter('privateKeyFile'), parameter('tokenFile')]
  const implied = privateKeyFile !== null ? 'keypair' : tokenFile !== null ? 'oauth' : 'password'
  const authenticator = (parameter('authenticator') ?? implied) as Authenticator
  if (!AUTHENTICATORS.includes(authenticator)) {
    faults.push(`has an unknown authenticator "${authenticator}": there are ${AUTHENTICATORS.join(', ')}`)
    return null
  }
  if (user === '' && authenticator !== 'oauth') faults.push('names no user: write snowflake://USER:PASSWORD@ACCOUNT/DATABASE')
  switch (authenticator) {
    case 'password':
      if (password === '') faults.push('holds no password, and names neither privateKeyFile nor tokenFile')
      return { type: 'PASSWORD', password }
    case 'keypair':
      if (privateKeyFile === null) faults.push('must name the privateKeyFile of its key pair')
      return { type: 'KEY_PAIR', privateKey: readKey(privateKeyFile, readFile, faults), passphrase: parameter('passphrase') }
    case 'oauth':
    case 'pat': {
      const type = authenticator === 'oauth' ? 'OAUTH' : 'PAT'
      if (tokenFile !== null) return { type, tokenFile }
      if (password === '') faults.push(`holds no token for ${authenticator}: put it in the password's place, or name a tokenFile`)
      return { type, token: password }
    }
  }
}

const readKey = (path: string | null, readFile: (path: string) => string, faults: string[]): string => {
  if (path === null) return ''
  try {
    const key = readFile(path)
    if (!/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(key))
      faults.push(`names a privateKeyFile that holds no PKCS #8 key in PEM: ${path}`)
    return key
  } catch (error) {
    faults.push(`names a privateKeyFile that cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return ''
  }
}

const plainText = (encoded: string, faults: string[]): string => {
  try {
    return decodeURIComponent(encoded)
  } catch {
    faults.push('holds a % that encodes nothing: write %25')
    return encoded
  }
}
