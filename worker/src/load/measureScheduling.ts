import { performance } from 'node:perf_hooks'
import type { ArrivalClockKind } from '../pace/decideArrivalClock.ts'
import { startArrivalClock } from './startArrivalClock.ts'

const MEASURE_MS = 200
const EVERY_MS = 2
/** A clock that begins has a moment to itself. */
const LEAD_MS = 20

/** How late the arrival clock comes to moments at a regular pace while nothing is sent: 99th percentile, ms. Start times cannot be better than that. */
export const measureScheduling = (kind: ArrivalClockKind): Promise<number> =>
  new Promise(resolve => {
    const originMs = performance.now()
    const sinceStartMs = (): number => performance.now() - originMs
    const latenessMs: number[] = []
    let dueMs = LEAD_MS
    const due = (): void => {
      // Those that came due meanwhile were late as well.
      for (; dueMs <= sinceStartMs() && dueMs < LEAD_MS + MEASURE_MS; dueMs += EVERY_MS) latenessMs.push(sinceStartMs() - dueMs)
      if (dueMs < LEAD_MS + MEASURE_MS) clock.wakeAt(dueMs)
      else {
        clock.stop()
        resolve(percentile99(latenessMs))
      }
    }
    const clock = startArrivalClock(kind, { sinceStartMs, due, workCount: () => 0 })
    clock.wakeAt(dueMs)
  })

const percentile99 = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1] ?? 0
