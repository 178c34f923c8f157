import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  addSummaries,
  type ExecutionsKept,
  FIGURE_NAMES,
  type FigureName,
  type FigureSummary,
  HISTORY_POINTS,
  isTerminal,
  type Result,
  type RunFigures,
  type RunRecord,
} from '@flakebench/contract'
import {
  listHistoryAfter,
  listPhaseSpans,
  listSpoolFiles,
  putFigure,
  readExecutionsKept,
  readResults,
  readWorkerResults,
  type SqlClient,
} from '@flakebench/store'
import { evidenceMaker } from '../decide/figures/evidence.ts'
import { heatMapMaker } from '../decide/figures/heatMap.ts'
import { historyMaker } from '../decide/figures/mergedHistory.ts'
import { type PhaseSpan, spanOf } from '../decide/figures/phaseSpan.ts'
import { bandCountsOf } from '../decide/figures/responseBands.ts'
import { type DigestedInterval, runDigestOf } from '../decide/figures/runDigest.ts'
import { seriesMaker } from '../decide/figures/runSeries.ts'
import { summaryOf } from '../decide/figures/summary.ts'

/** Intervals that are read at once: a run may have those of many hours. */
const PORTION = 500
/** So many intervals are taken in before whatever else waits gets its turn: the same process drives runs. */
const INTERVALS_A_TURN = 20

/**
 * Makes the figures of a run whose results and intervals are in the tables, in place of those that are there. Of a run without a result there are none.
 * @throws StaleEpoch when the run is not over, and no longer owned under its epoch
 */
export const makeFigures = async (db: SqlClient, run: RunRecord): Promise<void> => {
  const result = (await readResults(db, [run.id])).get(run.id)
  if (result === undefined) return
  const spans = await listPhaseSpans(db, run.id)
  const figures: RunFigures = {
    SUMMARY: await makeSummary(db, run, result, spans),
    ...(await makeOverTime(db, run, spans)),
  }
  const epoch = isTerminal(run.status) ? null : run.epoch
  const put = <N extends FigureName>(name: N): Promise<void> => putFigure(db, run.id, epoch, name, figures[name])
  for (const name of FIGURE_NAMES) await put(name)
}

const makeSummary = async (db: SqlClient, run: RunRecord, result: Result, spans: readonly PhaseSpan[]): Promise<FigureSummary> => {
  const [workers, files, kept] = await Promise.all([
    readWorkerResults(db, run.id),
    listSpoolFiles(db, run.id),
    readExecutionsKept(db, [run.id]),
  ])
  return summaryOf({
    plan: run.plan,
    result,
    workers,
    warmupSeconds: (spanOf(spans, 'WARMUP')?.endMs ?? 0) / 1_000,
    errorGroups: addSummaries(files.map(file => file.summary)).errors,
    areErrorsWhole: isWhole(kept.get(run.id) ?? null),
  })
}

/** Removed executions were whole once where as many had been loaded as were expected. */
const isWhole = (kept: ExecutionsKept | null): boolean =>
  kept?.state === 'COMPLETE' || (kept?.state === 'REMOVED' && kept.loaded === kept.expected && kept.differences.length === 0)

const makeOverTime = async (db: SqlClient, run: RunRecord, spans: readonly PhaseSpan[]): Promise<Omit<RunFigures, 'SUMMARY'>> => {
  const intervalMs = run.plan.advanced.metricsIntervalSeconds * 1_000
  const intervals = spans.reduce((sum, span) => sum + span.intervals, 0)
  const series = seriesMaker()
  const heatMap = heatMapMaker(spans, run.plan.load.warmupSeconds * 1_000, intervalMs)
  const evidence = evidenceMaker(spanOf(spans, 'MEASUREMENT'), intervalMs)
  const measured: DigestedInterval[] = []
  const shorter = historyMaker(intervals, HISTORY_POINTS.HISTORY_300)
  const longer = historyMaker(intervals, HISTORY_POINTS.HISTORY_900)
  for (let afterIndex = -1, isMore = true; isMore; ) {
    const portion = await listHistoryAfter(db, run.id, afterIndex, PORTION)
    for (const [i, interval] of portion.entries()) {
      const bands = bandCountsOf(interval.latency)
      series.add(interval)
      heatMap.add(interval, bands)
      if (interval.phase === 'MEASUREMENT') {
        const { client, targetConnections, workersReported, workersExpected } = interval
        evidence.add(interval, bands)
        measured.push({ client, targetConnections, workersReported, workersExpected })
      }
      shorter.add(interval)
      longer.add(interval)
      if (i % INTERVALS_A_TURN === INTERVALS_A_TURN - 1) await nextTurn()
    }
    afterIndex = portion.at(-1)?.intervalIndex ?? afterIndex
    isMore = portion.length === PORTION
  }
  return {
    SERIES: series.done(),
    HEAT_MAP: heatMap.done(),
    DIGEST: runDigestOf(run.id, evidence.done(), measured),
    HISTORY_300: shorter.done(),
    HISTORY_900: longer.done(),
  }
}
