import type { Plan } from '@flakebench/contract'

/** An interactive warehouse ends statements by itself after so long. */
const INTERACTIVE_SECONDS = 5

/** What somebody should know about a run before its start: facts of the product that bound it, or what it measures. No reasons to refuse it. */
export const decideRunNotes = ({ target, load, advanced }: Plan): string[] => {
  const notes: string[] = []
  if (target.tableType === 'INTERACTIVE' && advanced.statementTimeoutSeconds > INTERACTIVE_SECONDS) {
    notes.push(
      `An interactive warehouse ends statements after ${INTERACTIVE_SECONDS} s: the statement timeout of ${advanced.statementTimeoutSeconds} s is never reached. ` +
        'Longer statements fail, or run on its fallback warehouse if it has one',
    )
  }
  if (target.tableType === 'HYBRID') {
    notes.push(
      'Snowflake throttles hybrid tables at about 16,000 operations per second and database: above that, statements get slower and do not fail',
    )
  }
  if (target.tableType === 'DYNAMIC') {
    notes.push(
      'A dynamic table is refreshed in the background, on the warehouse of its own definition: a refresh during the run can show in its figures',
    )
  }
  if (target.tableType !== 'POSTGRES' && target.useCachedResult) {
    notes.push(
      target.tableType === 'HYBRID'
        ? 'The result cache is on, but never serves hybrid tables'
        : 'The result cache is on: an operation whose text and values repeat may measure the cache, not the table',
    )
  }
  if (target.tableType !== 'POSTGRES' && load.warmupSeconds === 0) {
    notes.push('The first operations may wait for the warehouse to resume: give the run a warmup')
  }
  return notes
}
