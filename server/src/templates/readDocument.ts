import { type JudgedTemplate, judgeTemplate, type Problem, quoteValue, type Template } from '@flakebench/contract'
import { CURRENT_FORMAT, isObject } from './documentFields.ts'
import { parseDocument } from './parseDocument.ts'
import { takeKnownFields } from './unknownFields.ts'

/** What a document describes. */
export interface ReadDocument {
  /** Complete, without a connection; where there are problems, as far as it can be read. Null: it cannot be read at all. */
  readonly template: Template | null
  /** All at once, each with the path of its field in a template's input. */
  readonly problems: readonly Problem[]
  /** Of the connection that it names; null: none. */
  readonly connectionName: string | null
}

/** Reads a document, YAML or JSON. */
export const readDocument = (text: string): ReadDocument => {
  const parsed = parseDocument(text)
  if (!parsed.ok) return { template: null, problems: parsed.problems, connectionName: null }
  const { format = CURRENT_FORMAT, ...fields } = parsed.value
  const unreadable = formatProblem(format)
  if (unreadable !== null) return { template: null, problems: [{ path: '', message: unreadable }], connectionName: null }
  const known = takeKnownFields(fields)
  const { input, name, problems: unnamed } = takeConnection(known.value)
  const judged = judgeTemplate(input)
  const problems = [...known.problems, ...unnamed, ...judged.problems]
  return { template: draftOf(judged), problems, connectionName: name }
}

/** Why a document of this format cannot be read; null: it can. One that says nothing has what is usual now. */
const formatProblem = (format: unknown): string | null => {
  if (format === CURRENT_FORMAT) return null
  if (typeof format === 'number' && Number.isInteger(format) && format > CURRENT_FORMAT)
    return `The document has format ${format}, and this version reads format ${CURRENT_FORMAT}: read it with the version that wrote it, or a newer one`
  return `format must be ${CURRENT_FORMAT}; it is ${quoteValue(format)}`
}

/** The connection by its name, apart from the fields of a template's input. */
const takeConnection = (
  value: Readonly<Record<string, unknown>>,
): { readonly input: object; readonly name: string | null; readonly problems: readonly Problem[] } => {
  const { target } = value
  if (!isObject(target)) return { input: value, name: null, problems: [] }
  const { connection, ...others } = target
  const input = { ...value, target: others }
  if (connection === undefined || connection === null) return { input, name: null, problems: [] }
  if (typeof connection === 'string') return { input, name: connection.trim() || null, problems: [] }
  const message = 'target.connection must be the name of a connection'
  return { input, name: null, problems: [{ path: 'target.connectionId', message }] }
}

/** What can be read of it, for an editor in which the rest is put right: texts that must be there and are not are blank. */
const draftOf = ({ template, problems }: JudgedTemplate): Template => {
  const isWrong = (path: string): boolean => problems.some(problem => problem.path === path || path.startsWith(`${problem.path}.`))
  return {
    ...template,
    name: isWrong('name') ? '' : template.name,
    target: { ...template.target, table: isWrong('target.table') ? '' : template.target.table },
  }
}
