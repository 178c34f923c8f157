import { isDeepStrictEqual } from 'node:util'
import { completeTemplate, type Template } from '@flakebench/contract'
import { stringify } from 'yaml'
import {
  CURRENT_FORMAT,
  DOCUMENT_FIELDS,
  type DocumentField,
  type DocumentFields,
  isFieldList,
  isLeaf,
  isObject,
} from './documentFields.ts'

export const DOCUMENT_FORMATS = ['YAML', 'JSON'] as const
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number]

/**
 * A template as a document that `readDocument` reads as the same template: fields in the order of the editor, without those that have their default, the
 * connection by its name.
 * @param version as it is told in the comment at its head; JSON has none
 */
export const writeDocument = (template: Template, connectionName: string | null, version: number, format: DocumentFormat): string => {
  const document = documentOf(template, connectionName)
  if (format === 'JSON') return `${JSON.stringify(document, null, 2)}\n`
  const head = `# FlakeBench template ${JSON.stringify(template.name)}, version ${version}.\n# Fields that are left out have their defaults.\n`
  // Quoted where an older reader of YAML would take a text for something else; lines of SQL stay lines.
  return (
    head +
    stringify(document, {
      schema: 'core',
      version: '1.2',
      compat: 'yaml-1.1',
      lineWidth: 0,
      blockQuote: 'literal',
      aliasDuplicateObjects: false,
    })
  )
}

const documentOf = (template: Template, connectionName: string | null): object => {
  const { connectionId: _connectionId, ...target } = template.target
  const whole = { ...template, target: { ...target, connection: connectionName } }
  return { format: CURRENT_FORMAT, ...writtenFields(DOCUMENT_FIELDS, whole, filledIn(template)) }
}

/** What the contract makes of those fields alone that others depend on, or that have no default. */
const filledIn = ({ name, tags, target, operations, load, scaling, slos }: Template): Template => {
  const filled = completeTemplate({
    name,
    tags: tags.map(({ key }) => ({ key })),
    target: { tableType: target.tableType, table: target.table },
    operations: {
      generic: operations.generic.map(({ operationType, parameters }) => ({
        operationType,
        parameters: parameters.map(({ values }) => ({ values })),
      })),
    },
    load: { mode: load.mode },
    scaling:
      scaling.mode === 'FIXED'
        ? { mode: scaling.mode, minWorkers: scaling.minWorkers, minConnections: scaling.minConnections }
        : { mode: scaling.mode },
    slos: slos.map(({ kind }) => ({ kind })),
  })
  if (scaling.mode !== 'FIXED') return filled
  // Its two minima are exact numbers, which must be given.
  return { ...filled, scaling: { ...filled.scaling, minWorkers: Number.NaN, minConnections: Number.NaN } }
}

const writtenFields = (fields: DocumentFields, value: Readonly<Record<string, unknown>>, filled: unknown): Record<string, unknown> => {
  const written: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const own = writtenValue(field, value[name], isObject(filled) ? filled[name] : undefined)
    if (own !== undefined) written[name] = own
  }
  return written
}

/** Undefined: it is left out. */
const writtenValue = (field: DocumentField, value: unknown, filled: unknown): unknown => {
  if (isLeaf(field)) {
    if (field === 'ALWAYS') return value
    return isDeepStrictEqual(value, field === 'UNLESS_FILLED_IN' ? filled : field.unless) ? undefined : value
  }
  if (isFieldList(field)) {
    if (!Array.isArray(value)) return undefined
    const defaults = Array.isArray(filled) ? filled : []
    const items = value.map((item, i) => writtenFields(field.each, item, defaults[i]))
    // An empty list where null is the default means something else.
    return items.length > 0 || filled === null ? items : undefined
  }
  const written = isObject(value) ? writtenFields(field, value, filled) : {}
  return Object.keys(written).length === 0 ? undefined : written
}
