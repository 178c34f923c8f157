import type { Problem } from './problem.ts'
import type { Template } from './template.ts'

/** What this version can store but not drive yet. Judged when a run is prepared, never when a template is saved. SLOs are kept and not judged: no problem. */
export const unsupportedProblems = ({ load, target, guardrails, advanced }: Template): Problem[] => {
  const problems: Problem[] = []
  const add = (path: string, message: string): void => {
    problems.push({ path, message })
  }
  if (load.mode !== 'CONCURRENCY') add('load.mode', 'This version runs closed-loop load only: set load.mode to CONCURRENCY')
  if (target.usePgbouncer) add('target.usePgbouncer', 'This version connects directly only: set target.usePgbouncer to false')
  if (guardrails.enabled) add('guardrails.enabled', 'This version does not watch guardrails: set guardrails.enabled to false')
  if (advanced.deadWorkerPolicy !== 'FAIL') {
    add(
      'advanced.deadWorkerPolicy',
      `This version fails a run that loses a worker: set advanced.deadWorkerPolicy to FAIL; it is ${advanced.deadWorkerPolicy}`,
    )
  }
  return problems
}
