import type { GuardrailStatus, QpsController } from '../../api/documents/loadFields.ts'
import type { RunPlan } from '../../api/documents/runDocuments.ts'
import type { ResultArrivals } from '../../api/documents/runFields.ts'
import type { Fact } from '../../ui/parts/fact.ts'
import { agoText } from '../../ui/words/durations.ts'
import { countText, exactText, NOT_MEASURED, percentText, qpsText } from '../../ui/words/numbers.ts'
import { partPercent } from './arrivalFigures.ts'
import { ceilingOf } from './connectionCeiling.ts'

/** A schedule of which less is kept is not kept. */
const KEPT_PERCENT = 98

/** Where the ceiling comes from. */
export const ceilingText = (plan: RunPlan, guardrail: GuardrailStatus | null): string =>
  `at most ${countText(plan.limits.maxWorkers)} × ${countText(plan.limits.maxConnections)}, ${plan.limits.areSet ? 'as the template says' : 'what this machine can drive'}${(guardrail?.ceilings.length ?? 0) > 0 ? ', less what guardrails took' : ''}`

interface RateSight {
  readonly controller: QpsController | null
  readonly plan: RunPlan
  readonly guardrail: GuardrailStatus | null
  /** Of the measurement so far, or as a whole. */
  readonly arrivals: ResultArrivals | null
  /** In the newest interval. */
  readonly waiting: number | null
  readonly nowMs: number
  readonly isOver: boolean
}

/** What the schedule asks for, and what becomes of it. */
export const qpsFacts = ({ controller, plan, guardrail, arrivals, waiting, nowMs, isOver }: RateSight): readonly Fact[] => {
  const targetQps = controller?.targetQps ?? plan.load.targetQps
  const rate = arrivals === null || arrivals.planned === 0 ? null : arrivals.achievedRate
  const keptPercent = rate === null || targetQps === null ? null : partPercent(rate, targetQps)
  const ceiling = ceilingOf(plan, guardrail)
  const whole = isOver ? 'over the measurement' : 'over the measurement so far'
  const ofPlanned = (count: number | null, planned: number): string =>
    count === null ? NOT_MEASURED : `${countText(count)} · ${percentText(partPercent(count, planned))}`
  return [
    { word: 'Target', text: qpsText(targetQps), title: exactText(targetQps, 'operations are to start per second') },
    {
      word: 'Achieved',
      text: keptPercent === null ? NOT_MEASURED : `${qpsText(rate)} · ${percentText(keptPercent)}`,
      title: `${exactText(rate, '/s')} started, ${whole}`,
      tone: keptPercent !== null && keptPercent < KEPT_PERCENT ? 'warn' : undefined,
    },
    {
      word: 'Late',
      text: ofPlanned(arrivals?.late ?? null, arrivals?.planned ?? 0),
      title: `Started more than 10 ms after their intended start, ${whole}`,
    },
    {
      word: 'Missed',
      text: ofPlanned(arrivals?.missed ?? null, arrivals?.planned ?? 0),
      title: `Never sent: no connection became free for 10 s, or it still waited at the end; ${whole}`,
      tone: (arrivals?.missed ?? 0) > 0 ? 'bad' : undefined,
    },
    {
      word: 'Waiting',
      text: isOver ? NOT_MEASURED : countText(waiting),
      title: 'Due now, and not started: every connection is busy',
      tone: !isOver && (waiting ?? 0) > 0 ? 'warn' : undefined,
    },
    {
      word: 'Connections',
      text: `${countText(controller?.targetConnections ?? plan.targetConnections)} of ${countText(ceiling)}`,
      title: `Target, and the ceiling: ${ceilingText(plan, guardrail)}`,
      tone: controller !== null && controller.targetConnections >= ceiling ? 'warn' : undefined,
    },
    {
      word: 'Workers',
      text: `${countText(controller?.workers ?? plan.workerCount)} of ${countText(plan.limits.maxWorkers)}`,
      title: 'Serving, and the most that may',
    },
    {
      word: 'Last change',
      text:
        controller === null ? NOT_MEASURED : controller.recent.length === 0 ? 'none yet' : agoText(Date.parse(controller.changedAt), nowMs),
      title: controller?.reason ?? undefined,
    },
  ]
}
