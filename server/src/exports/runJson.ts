import { describePlan, type RunRecord } from '@flakebench/contract'
import { FIGURES_TABLE, listSteps, type RunMarks, readResults, readRunMarks, readRunRows, type SqlClient } from '@flakebench/store'
import { executionObjects } from './executions.ts'
import { intervalObjects } from './intervals.ts'
import { withoutConnection } from './withoutConnection.ts'

export const RUN_JSON = 'flakebench-run'
export const RUN_JSON_VERSION = 1

/** A run as one JSON document, a piece at a time. Histograms are as the tables have them: HDR V2, compressed, base64. */
export const runJson = async function* (db: SqlClient, run: RunRecord, withExecutions: boolean): AsyncGenerator<string> {
  const [results, marks, steps] = await Promise.all([readResults(db, [run.id]), readRunMarks(db, [run.id]), listSteps(db, run.id)])
  const head = {
    format: RUN_JSON,
    version: RUN_JSON_VERSION,
    run: headOf(run, marks.get(run.id) ?? null),
    plan: withoutConnection(run.plan),
    result: results.get(run.id) ?? null,
    steps,
  }
  yield `${JSON.stringify(head).slice(0, -1)},\n"figures":{`
  let isFirst = true
  for await (const rows of readRunRows(db, FIGURES_TABLE, run.id)) {
    for (const { figure, content } of rows) {
      yield `${isFirst ? '' : ','}\n${JSON.stringify(figure)}:${JSON.stringify(content)}`
      isFirst = false
    }
  }
  yield '},\n"history":'
  yield* list(intervalObjects(db, run))
  if (withExecutions) {
    yield ',\n"executions":'
    yield* list(executionObjects(db, run.id))
  }
  yield '}\n'
}

const list = async function* (portions: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  yield '['
  let isFirst = true
  for await (const portion of portions) {
    yield `${isFirst ? '' : ','}\n${portion.map(one => JSON.stringify(one)).join(',\n')}`
    isFirst = false
  }
  yield ']'
}

const momentOrNull = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())

const headOf = (run: RunRecord, marks: RunMarks | null) => ({
  id: run.id,
  name: run.name,
  number: run.number,
  templateId: run.templateId,
  summary: describePlan(run.plan),
  status: run.status,
  phase: run.phase,
  completionReason: run.completionReason,
  cancellationReason: run.cancellationReason,
  createdAt: momentOrNull(run.createdAtMs),
  startedAt: momentOrNull(run.startAtMs),
  measurementStartsAt: momentOrNull(run.measurementStartsAtMs),
  measurementEndsAt: momentOrNull(run.measurementEndsAtMs),
  endedAt: momentOrNull(run.endedAtMs),
  tableRows: run.tableRows,
  tags: marks?.tags ?? [],
  annotation: marks?.annotation ?? null,
  fingerprint: marks?.fingerprint ?? null,
})
