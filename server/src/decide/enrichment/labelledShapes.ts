import type { RunStatement } from '@flakebench/contract'
import { statementShape } from './statementShape.ts'

/** Statements of a run that no server can tell apart, because they differ in constants only. */
export interface LabelledShape {
  readonly shape: string
  readonly labels: readonly string[]
}

/** In the order of the run's statements. */
export const labelledShapes = (statements: readonly RunStatement[]): LabelledShape[] => {
  const byShape = new Map<string, string[]>()
  for (const { label, sql } of statements) {
    const shape = statementShape(sql)
    byShape.set(shape, [...(byShape.get(shape) ?? []), label])
  }
  return [...byShape].map(([shape, labels]) => ({ shape, labels: [...new Set(labels)] }))
}

/** How they are called together. */
export const nameOf = ({ labels }: LabelledShape): string => labels.join(' + ')

/** Executions of one label, and how many of them failed. */
export interface LabelledCount {
  readonly label: string
  readonly executions: number
  readonly failed: number
}

export const countOf = (
  { labels }: LabelledShape,
  counts: readonly LabelledCount[],
): { readonly executions: number; readonly failed: number } => {
  const own = counts.filter(({ label }) => labels.includes(label))
  return {
    executions: own.reduce((sum, { executions }) => sum + executions, 0),
    failed: own.reduce((sum, { failed }) => sum + failed, 0),
  }
}
