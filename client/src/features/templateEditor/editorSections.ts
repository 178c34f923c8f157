import { inFormWords } from './pathWords.ts'

/** A section of the editor as the list of anchors has it. */
export interface EditorSection {
  /** Of its element. */
  readonly id: string
  readonly word: string
  /** Paths of the fields that it holds. */
  readonly paths: readonly string[]
  /** Of saved templates only. */
  readonly isOfSaved?: boolean
}

export const SECTIONS: readonly EditorSection[] = [
  { id: 'name', word: 'Name', paths: ['name', 'description', 'tags'] },
  { id: 'target', word: 'Table', paths: ['target'] },
  { id: 'operations', word: 'Statements', paths: ['operations'] },
  { id: 'load', word: 'Load', paths: ['load'] },
  { id: 'scaling', word: 'Scaling', paths: ['scaling'] },
  { id: 'guardrails', word: 'Guardrails', paths: ['guardrails'] },
  { id: 'slos', word: 'SLOs', paths: ['slos', 'sloAbort'] },
  { id: 'pools', word: 'Value pools', paths: [] },
  { id: 'advanced', word: 'Advanced', paths: ['advanced'] },
  { id: 'versions', word: 'Versions', paths: [], isOfSaved: true },
]

/** Where the field of a path stands; undefined: not in this form. */
export const sectionOf = (path: string): EditorSection | undefined =>
  SECTIONS.find(({ paths }) => paths.some(each => path === each || path.startsWith(`${each}.`)))

/** What is missing in a new template, as what to do. */
const TO_DO: Readonly<Record<string, string>> = {
  name: 'Give it a name',
  'target.table': 'Choose a table',
  'target.database': 'Choose a database',
  'target.warehouse': 'Choose a warehouse',
}

/**
 * What is wrong as a sentence that can stand alone: fields in words, not by their paths.
 * @param labels of the statements of one's own, in their order
 */
export const problemSentence = (
  { path, message }: { readonly path: string; readonly message: string },
  labels: readonly (string | null)[] = [],
): string => {
  const toDo = TO_DO[path]
  if (toDo !== undefined && message.startsWith(`${path} must be given`)) return toDo
  // The mix itself says how far off it is, and brings it to the whole.
  const named = !path.includes('.') && message.startsWith(`${path} `) ? `the ${message}` : message
  const text = path === 'operations' ? (message.split(': ')[0] ?? message) : inFormWords(named, labels)
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
