import type { RunWorker } from '../../api/documents/runFields.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { countText } from '../../ui/words/numbers.ts'

type Spool = NonNullable<RunWorker['spool']>

const STATE_TITLES: Readonly<Record<Spool['state'], string>> = {
  WRITING: 'Executions that it has written to its disk, for the load when the run is over',
  CLOSED: 'Executions that it has written to its disk; the spool is closed',
  FULL: 'Its spool reached its bound, or the disk has less than 512 MB left: newer executions are not kept. The load goes on, and the figures are whole',
  FAILED: 'Its disk refused a write: newer executions are not kept. The load goes on, and the figures are whole',
}
const TROUBLES: Readonly<Partial<Record<Spool['state'], string>>> = { FULL: 'Full', FAILED: 'Failed' }

/** Executions that a worker has kept, and what it could not keep; nothing for a run that keeps none. */
export const spoolFacts = (spool: RunWorker['spool']): readonly Fact[] => {
  if (spool === null) return []
  const title = STATE_TITLES[spool.state]
  const trouble = TROUBLES[spool.state]
  return [
    { word: 'Executions kept', text: countText(spool.spooled), title },
    ...(trouble === undefined ? [] : [{ word: 'Spool', text: trouble, title, tone: 'warn' as const }]),
    ...(spool.dropped === 0 ? [] : [{ word: 'Not kept', text: countText(spool.dropped), title, tone: 'warn' as const }]),
  ]
}
