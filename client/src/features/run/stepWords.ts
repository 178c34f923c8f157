import type { ControllerStep, FindMaxResult, FindMaxStep } from '../../api/documents/loadFields.ts'
import { NOT_MEASURED } from '../../ui/words/numbers.ts'
import type { Look } from '../../ui/words/statuses.ts'

type Outcome = ControllerStep['outcome']

export const PURPOSE_WORDS: Readonly<Record<FindMaxStep['purpose'], string>> = {
  CLIMB: 'Climb',
  BISECT: 'Narrow',
  CONFIRM: 'Confirm',
}

export const PURPOSE_TITLES: Readonly<Record<FindMaxStep['purpose'], string>> = {
  CLIMB: 'On the way up, an increment at a time',
  BISECT: 'Between the last target that held and the first that did not',
  CONFIRM: 'The best target once more',
}

const bad = (word: string): Look => ({ word, icon: 'cross', tone: 'bad' })
const noVerdict = (word: string): Look => ({ word, icon: 'again', tone: 'warn' })

/** How a step ended: it held, it did not, or it said nothing about the database and is begun anew. */
export const OUTCOME_LOOKS: Readonly<Record<Outcome, Look>> = {
  STABLE: { word: 'Held', icon: 'check', tone: 'good' },
  QPS_DROP: bad('Fewer operations'),
  LATENCY_RISE: bad('Slower'),
  ERRORS: bad('Errors'),
  QUEUED: bad('Warehouse queue'),
  SLO: bad('SLO broken'),
  NOTHING_COMPLETED: bad('Nothing completed'),
  CONNECTIONS_REFUSED: bad('Connections refused'),
  TOO_FEW_SAMPLES: bad('Too few operations'),
  CLIENT_LIMITED: noVerdict('Client was the limit'),
  BACKED_OFF: noVerdict('Backed off'),
  WORKER_LOST: noVerdict('Worker lost'),
  SCALED: { word: 'Scaled', icon: 'check', tone: 'neutral' },
}

/** Whether a step says that its target is too much for the database. */
export const didNotHold = ({ outcome }: Pick<ControllerStep, 'outcome'>): boolean => OUTCOME_LOOKS[outcome].tone === 'bad'
export const didHold = ({ outcome }: Pick<ControllerStep, 'outcome'>): boolean => outcome === 'STABLE'

export const MAX_TYPE_LOOKS: Readonly<Record<FindMaxResult['maxType'], Look & { readonly title: string }>> = {
  TRUE_MAX: { word: 'True maximum', icon: 'check', tone: 'good', title: 'The database was the limit' },
  BOUNDED_MAX: {
    word: 'Bounded maximum',
    icon: 'alert',
    tone: 'warn',
    title: 'The bounds, the load generator or the machine were the limit: the database may hold more',
  },
}

/** +4.2 %, −12 %: with its sign, one decimal below ten. */
export const changeText = (percent: number | null | undefined): string => {
  if (percent === null || percent === undefined || !Number.isFinite(percent)) return NOT_MEASURED
  const size = Math.abs(percent)
  const digits = size.toFixed(size < 9.95 ? 1 : 0)
  if (Number(digits) === 0) return '0 %'
  return `${percent > 0 ? '+' : '−'}${Number(digits).toLocaleString('en-US', { minimumFractionDigits: size < 9.95 ? 1 : 0 })} %`
}
