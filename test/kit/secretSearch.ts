import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { asAdmin } from './asAdmin.ts'
import type { FreshControlDatabase } from './controlDatabase.ts'

/**
 * Looks for the secrets that tests use in all places that they must never come to: the control tables, logs of server and workers, answers. What is found is
 * told by its place and by what the secret is for, never by the secret itself.
 */
export interface SecretSearch {
  /** @param what it is, in words */
  note(what: string, secret: string): void
  /** Notes what is secret by its name in variables that are sent. */
  noteVariables(variables: unknown): void
  lookIn(place: string, text: string): void
  /** An answer of the server. The one that shows a new token shows it by right. */
  lookInAnswer(answer: string): void
  /** A file, or a part of one, packed or not. */
  lookInBytes(place: string, bytes: Buffer): void
  /** All that the server, its workers, and the PostgreSQL that it brings along wrote into its home. What is secret there by its place is noted before. */
  lookInFiles(home: string): void
  /** All control tables, as text. Credentials are there, but sealed; of passwords and tokens there are hashes. */
  lookInTables(control: Pick<FreshControlDatabase, 'adminUrl' | 'adminSchema'>): Promise<void>
  /** @throws naming all places where a secret was found; then they are forgotten */
  refuseFound(): void
}

/** Shorter ones, and those that are a plain word, stand in texts by chance. */
const SHORTEST = 8
const PLAIN_WORD = /^[a-z]*$/i
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'password',
  'privateKey',
  'privateKeyPassphrase',
  'passphrase',
  'token',
  'currentPassword',
  'newPassword',
])
/** Of a home. */
const FOLDERS = ['runs', 'pools', 'statements', 'exports', 'bundles', 'spool']
/** In which all statements stand that have failed. */
const STATEMENT_LOGS = ['control/postgres.log', 'demo/postgres.log']
const KEPT_SECRETS = [
  ['credential.key', 'the key that seals secrets'],
  ['control/data/flakebench.password', 'the password of the control database'],
  ['demo/data/flakebench.password', 'the password of the database of the demo'],
] as const
const SCHEMA = 'test_results'

export const openSecretSearch = (): SecretSearch => {
  /** What is looked for, and what it is. */
  const known = new Map<string, string>()
  const found = new Set<string>()

  const note: SecretSearch['note'] = (what, secret) => {
    const needle = needleOf(secret)
    if (needle.length >= SHORTEST && !PLAIN_WORD.test(needle)) known.set(needle, what)
  }
  const noteVariables: SecretSearch['noteVariables'] = variables => {
    if (typeof variables !== 'object' || variables === null) return
    for (const [name, value] of Object.entries(variables)) {
      if (typeof value !== 'string') noteVariables(value)
      else if (SECRET_NAMES.has(name)) note(`the ${name} that was sent`, value)
      else if (name === 'url' && URL.canParse(value))
        note('the password in the url that was sent', decodeURIComponent(new URL(value).password))
    }
  }
  const lookIn: SecretSearch['lookIn'] = (place, text) => {
    for (const [needle, what] of known) if (text.includes(needle)) found.add(`${what}: ${place}`)
  }
  const lookInBytes: SecretSearch['lookInBytes'] = (place, bytes) => {
    if (known.size === 0) return
    const text = unpacked(bytes)
    for (const [needle, what] of known) if (text.includes(needle)) found.add(`${what}: ${place}`)
  }
  return {
    note,
    noteVariables,
    lookIn,
    lookInBytes,
    lookInAnswer: answer => {
      const shown = /"createApiToken":.*"text":"(fbt_[^"]+)"/.exec(answer)?.[1]
      lookIn('an answer of the server', shown === undefined ? answer : answer.replaceAll(shown, ''))
      if (shown !== undefined) note('an API token', shown)
    },
    lookInFiles: home => {
      for (const [file, what] of KEPT_SECRETS) for (const path of existing(join(home, file))) note(what, readFileSync(path, 'utf8'))
      const logs = STATEMENT_LOGS.flatMap(file => existing(join(home, file)))
      for (const file of [...FOLDERS.flatMap(folder => filesBelow(join(home, folder))), ...logs])
        lookInBytes(`the file ${file.slice(home.length + 1)}`, readFileSync(file))
    },
    lookInTables: async ({ adminUrl, adminSchema }) => {
      if (known.size === 0 || adminUrl === '') return
      await asAdmin(adminUrl, async admin => {
        // Else what is looked for would stand in the log for having been looked for.
        await admin.query("SET log_statement = 'none'")
        const schema = adminSchema(SCHEMA)
        const { rows: tables } = await admin.query<{ name: string }>(
          "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE'",
          [schema],
        )
        if (tables.length === 0) throw new Error(`there are no tables in ${schema} to look for secrets in`)
        const looks = tables.map(
          ({ name }, i) =>
            `SELECT ${i} AS place, needle FROM "${schema}"."${name}" AS row, unnest($1::text[]) AS needle WHERE strpos(row::text, needle) > 0`,
        )
        const { rows } = await admin.query<{ place: number; needle: string }>(looks.join(' UNION '), [[...known.keys()]])
        for (const { place, needle } of rows) found.add(`${known.get(needle)}: the table ${tables[place]?.name}`)
      })
    },
    refuseFound: () => {
      const places = [...found]
      found.clear()
      if (places.length > 0) throw new Error(`secrets came to light:\n${places.join('\n')}`)
    },
  }
}

/** Of many lines, as a key in PEM has, the longest is looked for: others differ in how their ends are written. */
const needleOf = (secret: string): string =>
  secret
    .split('\n')
    .reduce((longest, line) => (line.length > longest.length ? line : longest), '')
    .trim()

/** Half a file, or one that only begins as a packed one does, is looked at as it is. */
const unpacked = (bytes: Buffer): Buffer => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch {
    return bytes
  }
}

const existing = (path: string): string[] => (existsSync(path) ? [path] : [])

const filesBelow = (folder: string): string[] => {
  try {
    return readdirSync(folder).flatMap(name => {
      const path = join(folder, name)
      return statSync(path).isDirectory() ? filesBelow(path) : [path]
    })
  } catch (error) {
    // Nothing was started there, or it is being cleared away.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}

/** Of all tests of a file. */
export const SECRETS = openSecretSearch()
