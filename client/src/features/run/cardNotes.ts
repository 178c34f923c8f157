import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { HistoryPoint, ResultArrivals } from '../../api/documents/runFields.ts'
import { countText, exactText, msText, qpsText } from '../../ui/words/numbers.ts'

interface CardNote {
  readonly text: string
  readonly title: string
}

interface OpenLoopNotes {
  readonly qps: CardNote
  readonly p50: CardNote
  readonly p95: CardNote
  readonly p99: CardNote
  readonly errors: CardNote
  readonly connections: CardNote
}

const service = (ms: number | null | undefined): CardNote => ({
  text: `service ${msText(ms)}`,
  title: `Service time, from the actual start; the figure above is from the intended one: ${exactText(ms, 'ms')}`,
})

/** The smaller figures of an open loop. `arrivals`: of the measurement so far, or as a whole once the run is over. */
export const openLoopNotes = (
  plan: RunPlan,
  newest: HistoryPoint['arrivals'],
  arrivals: ResultArrivals | null,
  isOver: boolean,
): OpenLoopNotes => {
  const whole = isOver ? arrivals : null
  const times = whole ?? newest
  return {
    qps: { text: `target ${qpsText(plan.load.targetQps)}`, title: 'Operations that are to start per second' },
    p50: service(times?.serviceP50Ms),
    p95: service(times?.serviceP95Ms),
    p99: service(times?.serviceP99Ms),
    errors: {
      text: `missed ${countText(arrivals?.missed)}`,
      title: `Arrivals that were never sent, of the measurement${isOver ? '' : ' so far'}`,
    },
    connections:
      whole === null
        ? { text: `waiting ${countText(newest?.waiting)}`, title: 'Arrivals that are due, and not started' }
        : { text: `late ${countText(whole.late)}`, title: 'Arrivals that started more than 10 ms after their intended start' },
  }
}
