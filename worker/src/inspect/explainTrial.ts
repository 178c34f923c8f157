import type { ErrorCategory } from '@flakebench/contract'
import type { Engine } from '../engines/engine.ts'

type Explain = (title: string, sample: string, seconds: number) => string

const BY_CATEGORY: Partial<Readonly<Record<ErrorCategory, Explain>>> = {
  TIMEOUT: (title, sample, seconds) =>
    `The ${title} took more than ${seconds} s and was cut off (${sample}): let it read less, or give the table an index that it can use`,
  CANCELLED: (title, sample) => `The ${title} was cancelled (${sample}): try it again`,
  LOCK: (title, sample) => `The ${title} waited for a lock (${sample}): see what else writes to the table, and try it again`,
  CONSTRAINT: (title, sample) => `The ${title} breaks a rule of the table (${sample}): choose other values, or correct its SQL`,
  DATA: (title, sample) => `A value of the ${title} does not fit (${sample}): choose other values, or correct its SQL`,
  CONNECTION: (title, sample) => `The session was lost during the ${title} (${sample}): try it again`,
}

/** Why a trial failed, in one sentence. @param title as it stands in messages @param seconds that it could take */
export const explainTrial = (
  engine: Pick<Engine, 'failureOf' | 'explainStatement'>,
  error: unknown,
  title: string,
  seconds: number,
): string => {
  const { category, sample } = engine.failureOf(error)
  return BY_CATEGORY[category]?.(title, sample, seconds) ?? engine.explainStatement(error, title)
}
