import type { ExportFormat } from './documents/keepingDocuments.ts'

export interface ExportChoice {
  readonly key: string
  readonly word: string
  readonly title: string
  readonly format: ExportFormat
  readonly executions: boolean
  readonly isDivided: boolean
}

const choice = (format: ExportFormat, executions: boolean, word: string, title: string, isDivided = false): ExportChoice => ({
  key: `${format.toLowerCase()}${executions ? '-executions' : ''}`,
  word,
  title,
  format,
  executions,
  isDivided,
})

/** What a run can be carried away as. */
export const EXPORT_CHOICES: readonly ExportChoice[] = [
  choice('CSV', false, 'CSV', 'Figures and intervals as a table'),
  choice('CSV', true, 'CSV of executions', 'A line for each execution: may be large'),
  choice('JSON', false, 'JSON', 'All that is known of the run, for programs'),
  choice('JSON', true, 'JSON with executions', 'Each execution too: may be large'),
  choice('BUNDLE', false, 'Bundle', 'For import elsewhere. Texts of errors and logs go along as they are', true),
  choice('BUNDLE', true, 'Bundle with executions', 'Each execution too: may be large'),
]
