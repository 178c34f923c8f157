import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { ClientHealth } from '@flakebench/contract'

const RESOLUTION_MS = 10
const NS_PER_MS = 1_000_000

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

/**
 * How the process has fared since it was last asked. The event loop's delay is that of a timer every 10 ms: node records the time from one firing to the
 * next, so 10 ms are taken off, and what remains is how late it came.
 */
export const startClientHealth = (): { readonly sample: () => ClientHealth; readonly stop: () => void } => {
  const cpuPercent = startCpuMeter()
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let utilization = performance.eventLoopUtilization()
  const late = (ns: number): number => (Number.isFinite(ns) ? Math.max(ns / NS_PER_MS - RESOLUTION_MS, 0) : 0)
  const sample = (): ClientHealth => {
    const now = performance.eventLoopUtilization()
    const health = {
      cpuPercent: cpuPercent(),
      memoryBytes: process.memoryUsage.rss(),
      eventLoopUtilizationPercent: performance.eventLoopUtilization(now, utilization).utilization * 100,
      eventLoopDelayP99Ms: late(delay.percentile(99)),
      eventLoopDelayMaxMs: late(delay.max),
    }
    utilization = now
    delay.reset()
    return health
  }
  return { sample, stop: () => delay.disable() }
}
