import type { AggregateRow, StatementFigures } from '@flakebench/contract'
import { countOf, type LabelledCount, type LabelledShape, nameOf } from './labelledShapes.ts'
import { statementShape } from './statementShape.ts'

export interface AggregateFigures {
  readonly statements: readonly StatementFigures[]
  readonly matched: number
  readonly expected: number
}

/** A run's statements by what AGGREGATE_QUERY_HISTORY has of them, minute by minute. @param rows of the run's own tag */
export const aggregateFigures = (
  rows: readonly AggregateRow[],
  shapes: readonly LabelledShape[],
  counts: readonly LabelledCount[],
): AggregateFigures => {
  const byShape = new Map<string, AggregateRow[]>()
  for (const row of rows) {
    const shape = statementShape(row.text)
    byShape.set(shape, [...(byShape.get(shape) ?? []), row])
  }
  const statements = shapes.map(shape => figuresOf(nameOf(shape), byShape.get(shape.shape) ?? [], countOf(shape, counts).executions))
  return {
    statements,
    matched: statements.reduce((sum, { calls, executions }) => sum + Math.min(calls, executions), 0),
    expected: statements.reduce((sum, { executions }) => sum + executions, 0),
  }
}

const sumOf = (rows: readonly AggregateRow[], of: (row: AggregateRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0)

const figuresOf = (
  label: string,
  rows: readonly AggregateRow[],
  executions: number,
): StatementFigures & { readonly executions: number } => {
  const calls = sumOf(rows, row => row.calls)
  const totalMs = sumOf(rows, row => row.totalMs.sum)
  const highest = rows.map(row => row.totalMs.max).filter(max => max !== null)
  return {
    label,
    calls,
    executions,
    errors: sumOf(rows, row => row.errors),
    rows: rows.some(row => row.rows !== null) ? sumOf(rows, row => row.rows ?? 0) : null,
    totalMs,
    meanMs: calls === 0 ? null : totalMs / calls,
    p50Ms: weighted(rows, row => row.totalMs.median),
    p90Ms: weighted(rows, row => row.totalMs.p90),
    p99Ms: weighted(rows, row => row.totalMs.p99),
    maxMs: highest.length === 0 ? null : Math.max(...highest),
    cacheHitPercent: null,
    blocksRead: null,
    ioReadMs: null,
    ioWriteMs: null,
    walBytes: null,
  }
}

/** The mean of the minutes' own, by their calls: percentiles of minutes cannot be added up exactly. */
const weighted = (rows: readonly AggregateRow[], of: (row: AggregateRow) => number | null): number | null => {
  const known = rows.filter(row => of(row) !== null)
  const calls = sumOf(known, row => row.calls)
  return calls === 0 ? null : sumOf(known, row => row.calls * (of(row) as number)) / calls
}
