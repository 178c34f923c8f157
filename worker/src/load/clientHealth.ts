import { performance } from 'node:perf_hooks'
import { type ClientHealth, judgeClient } from '@flakebench/contract'
import { addStretch, FRESH_LOOP, takeInterval } from '../measure/loopHealth.ts'
import { startResourceMeter } from './resources.ts'

const TICK_MS = 10
const STRETCH_MS = 1_000
const SHORTEST_USE_MS = 50

export interface ClientHealthMeter {
  /**
   * How the process has fared since the last interval ended.
   * @param clockErrorP99Ms of the arrivals of that interval, in an open loop; null: there was none
   */
  takeInterval(clockErrorP99Ms?: number | null): ClientHealth
  stop(): void
}

/**
 * Watches over this process: its event loop is judged about once a second, and at the end of each interval. The loop's lateness is that of a timer
 * every 10 ms: the time from one firing to the next, without those 10 ms.
 * @param spunMs milliseconds so far in which the loop was only kept turning to wait (see `ArrivalClock`): not busy, though it looks so
 */
export const startClientHealth = (spunMs: () => number = () => 0): ClientHealthMeter => {
  const readUse = startResourceMeter({ spunMs })
  /** Of the interval so far. */
  let used = NOTHING_USED
  let cpuPercent = 0
  let cpuUsedPercent = 0
  let eventLoopUtilizationPercent = 0
  let memoryUsedPercent = 0
  let health = FRESH_LOOP
  let latenessMs: number[] = []
  let tickedAtMs = performance.now()
  let stretchFromMs = tickedAtMs
  let stretchFrom = performance.eventLoopUtilization()
  let spunBeforeMs = spunMs()

  const noteLateness = (nowMs: number): void => {
    const lateMs = nowMs - tickedAtMs - TICK_MS
    if (lateMs <= 0) return
    latenessMs.push(lateMs)
    tickedAtMs = nowMs
  }
  const endStretch = (): void => {
    const nowMs = performance.now()
    const now = performance.eventLoopUtilization()
    // A timer that is overdue now was held up in this stretch, not in the next.
    noteLateness(nowMs)
    const { active } = performance.eventLoopUtilization(now, stretchFrom)
    const spanMs = nowMs - stretchFromMs
    const spunNowMs = spunMs()
    const busyMs = Math.max(active - (spunNowMs - spunBeforeMs), 0)
    spunBeforeMs = spunNowMs
    const use = readUse()
    memoryUsedPercent = use.memoryUsedPercent
    const cpuMs = (use.cpuUsedPercent / 100) * spanMs
    used = {
      spanMs: used.spanMs + spanMs,
      busyMs: used.busyMs + busyMs,
      ownMs: used.ownMs + (use.cpuPercent / 100) * spanMs,
      cpuMs: used.cpuMs + cpuMs,
    }
    // Who was throttled was at its limit, and yet may have used little on average.
    health = addStretch(health, { spanMs, busyMs, cpuMs: use.isThrottled ? spanMs : cpuMs, latenessMs })
    latenessMs = []
    stretchFromMs = nowMs
    stretchFrom = now
    stretchTimer.refresh()
  }
  const ticker = setInterval(() => {
    const nowMs = performance.now()
    noteLateness(nowMs)
    tickedAtMs = nowMs
  }, TICK_MS)
  const stretchTimer = setTimeout(endStretch, STRETCH_MS)

  return {
    takeInterval: (clockErrorP99Ms = null) => {
      endStretch()
      const [figures, next] = takeInterval(health)
      health = next
      // In a few milliseconds nobody uses a percentage.
      if (used.spanMs >= SHORTEST_USE_MS) {
        cpuPercent = (used.ownMs / used.spanMs) * 100
        cpuUsedPercent = (used.cpuMs / used.spanMs) * 100
        eventLoopUtilizationPercent = Math.min((used.busyMs / used.spanMs) * 100, 100)
        used = NOTHING_USED
      }
      return {
        cpuPercent,
        memoryBytes: process.memoryUsage.rss(),
        cpuUsedPercent,
        memoryUsedPercent,
        eventLoopUtilizationPercent,
        ...figures,
        limited: figures.limited || judgeClient({ ...IDLE, clockErrorP99Ms }),
      }
    },
    stop: () => {
      clearInterval(ticker)
      clearTimeout(stretchTimer)
    },
  }
}

const NOTHING_USED = { spanMs: 0, busyMs: 0, ownMs: 0, cpuMs: 0 }
const IDLE = { eventLoopUtilizationPercent: 0, eventLoopDelayP99Ms: 0, cpuUsedPercent: 0 }
