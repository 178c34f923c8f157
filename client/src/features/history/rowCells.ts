import type { RunRow } from '../../api/documents/runListDocuments.ts'
import { agoText, momentText } from '../../ui/words/durations.ts'
import { countFigure, exactText, type Figure, msFigure, NOT_MEASURED, qpsFigure, rateFigure } from '../../ui/words/numbers.ts'
import type { ColumnKey } from './historyColumns.ts'
import { durationText, durationTitle, figuresOf, figuresPrefix, startedAtMs } from './rowFacts.ts'

/** A number in its cell, with what its tooltip says. */
export interface NumberCell {
  readonly figure: Figure
  readonly title: string
  readonly isBad: boolean
  readonly isMuted: boolean
}

const cell = (figure: Figure, title: string, rest: Partial<NumberCell> = {}): NumberCell => ({
  figure,
  title,
  isBad: false,
  isMuted: false,
  ...rest,
})
const moment = (atMs: number | null, nowMs: number, word: string): NumberCell =>
  atMs === null
    ? cell({ value: NOT_MEASURED, unit: '' }, 'It has not been started', { isMuted: true })
    : cell({ value: agoText(atMs, nowMs), unit: '' }, `${word} ${momentText(atMs)}`, { isMuted: true })

type ShowNumber = (run: RunRow, nowMs: number) => NumberCell

const ms = (read: 'p50Ms' | 'p95Ms' | 'p99Ms'): ShowNumber => {
  return run => {
    const value = figuresOf(run)?.[read]
    return cell(msFigure(value), `${figuresPrefix(run)}${exactText(value, 'ms')}`)
  }
}

const NUMBERS: Readonly<Partial<Record<ColumnKey, ShowNumber>>> = {
  workers: run => cell(countFigure(run.plan.workerCount), 'As planned at the start'),
  connections: run => cell(countFigure(run.plan.targetConnections), 'As planned at the start'),
  qps: run => cell(qpsFigure(figuresOf(run)?.qps), `${figuresPrefix(run)}${exactText(figuresOf(run)?.qps, '/s')}`),
  p50: ms('p50Ms'),
  p95: ms('p95Ms'),
  p99: ms('p99Ms'),
  errors: run => {
    const rate = figuresOf(run)?.errorRate
    const percent = rate == null ? null : rate * 100
    return cell(rateFigure(rate), `${figuresPrefix(run)}${exactText(percent, '%', 6)}`, { isBad: (rate ?? 0) > 0 })
  },
  operations: run => cell(countFigure(figuresOf(run)?.operations), 'Measured, failed ones included'),
  duration: (run, nowMs) => cell({ value: durationText(run, nowMs), unit: '' }, durationTitle(run)),
  started: (run, nowMs) => moment(startedAtMs(run), nowMs, 'Started'),
  created: (run, nowMs) => moment(Date.parse(run.createdAt), nowMs, run.importedAt === null ? 'Prepared' : 'Prepared elsewhere'),
}

/** What such a column shows of a run; null where it shows no number. */
export const numberCell = (key: ColumnKey, run: RunRow, nowMs: number): NumberCell | null => NUMBERS[key]?.(run, nowMs) ?? null
