import type { Definition } from './createTable.ts'
import { completeSchema, quoteText, readName } from './names.ts'
import { hasWords, isWord } from './nodes.ts'
import { WIRE } from './recordTable.ts'
import { syntaxError } from './tokens.ts'
import { postgresSchema, SnowflakeError, swapCase } from './translation.ts'
import type { Work } from './work.ts'

const schemaText = (schema: string): string => `"${schema.replaceAll('"', '""')}"`

const DONE = 'Statement executed successfully.'

/** CREATE of what is not a table: a database is the schemas "name.…", a stage a row, warehouses and roles are taken and forgotten. */
export const createObject = (work: Work, at: number, orReplace: boolean): Definition => {
  const { sql, nodes } = work.statement
  const isInteractive = isWord(nodes[at], 'INTERACTIVE')
  const word = nodes[at + (isInteractive ? 1 : 0)]
  const what = word?.type === 'word' ? word.value : ''
  const named = at + (isInteractive ? 2 : 1)
  const ifNotExists = hasWords(nodes, named, 'IF', 'NOT', 'EXISTS')
  if (['WAREHOUSE', 'ROLE', 'USER'].includes(what)) {
    const { parts } = readName(sql, nodes, named + (ifNotExists ? 3 : 0))
    return { steps: ['SELECT 1'], status: `${what[0]}${what.slice(1).toLowerCase()} ${parts.at(-1)} successfully created.` }
  }
  if (!['DATABASE', 'SCHEMA', 'STAGE'].includes(what)) {
    if (work.session.strict && !['FILE', 'SEQUENCE', 'RESOURCE', 'IMAGE', 'NETWORK', 'TAG', 'COMPUTE'].includes(what)) {
      throw syntaxError(sql, nodes[at]?.at ?? sql.length, sql.slice(nodes[at]?.at, nodes[at]?.end))
    }
    throw new SnowflakeError('000002', '0A000', `CREATE ${what} is not supported by this test server.`)
  }
  const { parts } = readName(sql, nodes, named + (ifNotExists ? 3 : 0))
  const name = parts.at(-1) as string
  const status = `${what[0]}${what.slice(1).toLowerCase()} ${name} successfully created.`
  if (what === 'DATABASE') return { steps: createDatabase(name, orReplace, ifNotExists), status }
  if (what === 'SCHEMA') {
    const { database, schema } = completeSchema(work.session, parts)
    return { steps: createSchema(postgresSchema(database, schema), orReplace, ifNotExists), status }
  }
  const { database, schema } = completeSchema(work.session, parts.slice(0, -1))
  return {
    steps: [
      `INSERT INTO ${WIRE}.stages (schema_name, stage_name) VALUES (${quoteText(postgresSchema(database, schema))}, ${quoteText(swapCase(name))}) ON CONFLICT DO NOTHING`,
    ],
    status: `Stage area ${name} successfully created.`,
  }
}

const createSchema = (schema: string, orReplace: boolean, ifNotExists: boolean): string[] => [
  ...(orReplace ? dropSchema(schema) : []),
  `CREATE SCHEMA ${ifNotExists ? 'IF NOT EXISTS ' : ''}${schemaText(schema)}`,
]

/** A new database has a schema PUBLIC. */
const createDatabase = (name: string, orReplace: boolean, ifNotExists: boolean): string[] => [
  ...(orReplace ? dropDatabase(name) : []),
  ...createSchema(postgresSchema(name, 'PUBLIC'), false, ifNotExists),
]

const dropSchema = (schema: string): string[] => [
  `DROP SCHEMA IF EXISTS ${schemaText(schema)} CASCADE`,
  ...['table_kinds', 'primary_keys', 'stages'].map(table => `DELETE FROM ${WIRE}.${table} WHERE schema_name = ${quoteText(schema)}`),
]

const dropDatabase = (name: string): string[] => [`SELECT ${WIRE}.drop_database(${quoteText(swapCase(name))})`]

/** DROP of what is not a table. */
export const dropObject = (work: Work): Definition => {
  const { sql, nodes } = work.statement
  const word = nodes[1]
  const what = word?.type === 'word' ? word.value : ''
  const ifExists = hasWords(nodes, 2, 'IF', 'EXISTS')
  const { parts } = readName(sql, nodes, ifExists ? 4 : 2)
  const name = parts.at(-1) as string
  const status = `${name} successfully dropped.`
  switch (what) {
    case 'DATABASE':
      return { steps: dropDatabase(name), status }
    case 'SCHEMA': {
      const { database, schema } = completeSchema(work.session, parts)
      const [drop, ...rest] = dropSchema(postgresSchema(database, schema))
      return { steps: [ifExists ? (drop as string) : (drop as string).replace(' IF EXISTS', ''), ...rest], status }
    }
    case 'STAGE': {
      const { database, schema } = completeSchema(work.session, parts.slice(0, -1))
      const where = `(schema_name, stage_name) = (${quoteText(postgresSchema(database, schema))}, ${quoteText(swapCase(name))})`
      return { steps: [`DELETE FROM ${WIRE}.stages WHERE ${where}`], status }
    }
    case 'INDEX': {
      const { database, schema } = completeSchema(work.session, parts.slice(0, -2))
      const index = `${schemaText(postgresSchema(database, schema))}.${schemaText(swapCase(name))}`
      return { steps: [`DROP INDEX ${ifExists ? 'IF EXISTS ' : ''}${index}`], status: DONE }
    }
    case 'WAREHOUSE':
    case 'ROLE':
    case 'USER':
      return { steps: ['SELECT 1'], status }
    default:
      throw syntaxError(sql, word?.at ?? sql.length, sql.slice(word?.at, word?.end))
  }
}
