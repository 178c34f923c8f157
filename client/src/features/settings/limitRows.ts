import type { ServerSettings } from '../../api/documents/settingsDocuments.ts'

/** One thing that the server was started with. */
export interface LimitRow {
  readonly word: string
  readonly now: string
  readonly meaning: string
  /** The environment variable that sets it, at the next start. */
  readonly variable: string
}

const sizeText = (mebibytes: number): string => {
  const [value, unit] = mebibytes >= 1_024 ? [mebibytes / 1_024, 'GiB'] : [mebibytes, 'MiB']
  return `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${unit}`
}
const daysText = (days: number): string => {
  if (days === 0) return 'For ever'
  return days === 1 ? '1 day' : `${days.toLocaleString('en-US')} days`
}

/** Retention and limits, as they are set, and what each does. */
export const limitRows = (settings: ServerSettings): readonly LimitRow[] => [
  {
    word: 'Single executions are kept',
    now: daysText(settings.keepExecutionsDays),
    meaning: 'After a run. Its figures, and everything of baselines, are kept for ever.',
    variable: 'FLAKEBENCH_KEEP_EXECUTIONS_DAYS',
  },
  {
    word: 'The audit log is kept',
    now: daysText(settings.keepAuditDays),
    meaning: 'Who asked for which change, and what came of it. What is older is removed.',
    variable: 'FLAKEBENCH_KEEP_AUDIT_DAYS',
  },
  {
    word: 'Disk for executions of one run',
    now: sizeText(settings.spoolLimitMb),
    meaning: 'On the workers’ disks, until they are loaded. What is beyond it is counted, but not kept one by one.',
    variable: 'FLAKEBENCH_SPOOL_LIMIT_MB',
  },
  {
    word: 'Largest bundle',
    now: sizeText(settings.bundleLimitMb),
    meaning: 'Of a run that is imported from elsewhere.',
    variable: 'FLAKEBENCH_BUNDLE_LIMIT_MB',
  },
]
