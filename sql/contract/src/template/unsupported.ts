import type { Problem } from './problem.ts'
import type { Template } from './template.ts'

/** What this version can store but not drive yet. Judged when a run is prepared, never when a template is saved. */
export const unsupportedProblems = ({ target }: Pick<Template, 'target'>): Problem[] =>
  target.usePgbouncer
    ? [{ path: 'target.usePgbouncer', message: 'This version connects directly only: set target.usePgbouncer to false' }]
    : []
