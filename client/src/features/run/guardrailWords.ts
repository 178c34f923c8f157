import type { GuardrailStatus } from '../../api/documents/loadFields.ts'
import type { RunPlan } from '../../api/documents/runDocuments.ts'
import { countText, exactText } from '../../ui/words/numbers.ts'
import { workersText } from '../../ui/words/plans.ts'
import type { Look } from '../../ui/words/statuses.ts'

type Guardrails = RunPlan['guardrails']

export const GUARDRAIL_LOOKS: Readonly<Record<GuardrailStatus['state'], Look>> = {
  NORMAL: { word: 'Normal', icon: 'check', tone: 'good' },
  WARNING: { word: 'Warning', icon: 'alert', tone: 'warn' },
  CRITICAL: { word: 'Critical', icon: 'cross', tone: 'bad' },
  DEGRADED: { word: 'Degraded', icon: 'alert', tone: 'warn' },
}

const FAILS_WHEN = { ALL: 'all workers are', MAJORITY: 'most workers are', ANY: 'any worker is' } as const

/** The rule in plain words. */
export const guardrailRule = ({
  mode,
  maxCpuPercent,
  maxMemoryPercent,
  backOffPercent,
  patienceIntervals,
  failThreshold,
}: Guardrails): string => {
  const bounds = `${exactText(maxCpuPercent, '%')} of a worker’s CPU or ${exactText(maxMemoryPercent, '%')} of its memory`
  if (mode === 'HARD') return `A worker over ${bounds} ends the run.`
  const after = patienceIntervals === 1 ? 'an interval' : `${countText(patienceIntervals)} intervals`
  return `A worker over ${bounds} for ${after} gives up ${exactText(backOffPercent, '%')} of its connections; the run fails when ${FAILS_WHEN[failThreshold]} still over after that.`
}

/** What it means now. */
export const guardrailSentence = ({ state, ceilings, workersOverCpu, workersOverMemory }: GuardrailStatus): string => {
  const over = [
    workersOverCpu > 0 ? `${workersText(workersOverCpu)} over the CPU bound` : '',
    workersOverMemory > 0 ? `${workersText(workersOverMemory)} over the memory bound` : '',
  ]
    .filter(part => part !== '')
    .join(', ')
  const backedOff = ceilings.length > 0 ? `${workersText(ceilings.length)} backed off` : ''
  if (state === 'NORMAL') return 'No worker is over its bounds'
  return [over, backedOff].filter(part => part !== '').join('; ') || 'A back-off was in force'
}
