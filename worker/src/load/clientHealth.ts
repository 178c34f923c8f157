import { performance } from 'node:perf_hooks'
import type { ClientHealth } from '@flakebench/contract'
import { addStretch, FRESH_LOOP, takeInterval } from '../measure/loopHealth.ts'

const TICK_MS = 10
const STRETCH_MS = 1_000

/** User and system time of the process over wall time since it was last asked, 100 = one core. */
export const startCpuMeter = (): (() => number) => {
  let before = process.cpuUsage()
  let atMs = performance.now()
  return () => {
    const now = process.cpuUsage()
    const nowMs = performance.now()
    const usedMs = (now.user - before.user + now.system - before.system) / 1_000
    const percent = nowMs > atMs ? (usedMs / (nowMs - atMs)) * 100 : 0
    before = now
    atMs = nowMs
    return percent
  }
}

export interface ClientHealthMeter {
  /** How the process has fared since the last interval ended. */
  takeInterval(): ClientHealth
  stop(): void
}

/**
 * Watches over this process: its event loop is judged about once a second, and at the end of each interval. The loop's lateness is that of a timer
 * every 10 ms: the time from one firing to the next, without those 10 ms.
 */
export const startClientHealth = (): ClientHealthMeter => {
  const cpuPercent = startCpuMeter()
  let health = FRESH_LOOP
  let latenessMs: number[] = []
  let tickedAtMs = performance.now()
  let stretchFromMs = tickedAtMs
  let stretchFrom = performance.eventLoopUtilization()
  let intervalFrom = stretchFrom

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
    health = addStretch(health, { spanMs: nowMs - stretchFromMs, busyMs: active, latenessMs })
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
    takeInterval: () => {
      endStretch()
      const [figures, next] = takeInterval(health)
      health = next
      const { utilization } = performance.eventLoopUtilization(stretchFrom, intervalFrom)
      intervalFrom = stretchFrom
      return {
        cpuPercent: cpuPercent(),
        memoryBytes: process.memoryUsage.rss(),
        cpuUsedPercent: 0,
        memoryUsedPercent: 0,
        eventLoopUtilizationPercent: utilization * 100,
        ...figures,
      }
    },
    stop: () => {
      clearInterval(ticker)
      clearTimeout(stretchTimer)
    },
  }
}
