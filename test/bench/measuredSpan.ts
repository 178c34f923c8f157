import { performance } from 'node:perf_hooks'

/** What a client did in a span of time, and what it cost it. */
export interface ClientFigures {
  readonly perSecond: number
  /** CPU time of the whole process, its threads included, for one operation. */
  readonly cpuMs: number
  readonly p50Ms: number
  /** How much of the span its event loop was busy, in percent. */
  readonly loopPercent: number
}

/** @param count operations that have ended so far */
export const measureSpan = async (seconds: number, count: () => number): Promise<Omit<ClientFigures, 'p50Ms'>> => {
  const [before, cpuBefore, loopBefore, atMs] = [count(), process.cpuUsage(), performance.eventLoopUtilization(), performance.now()]
  await new Promise(resolve => setTimeout(resolve, seconds * 1_000))
  const [operations, cpu, tookMs] = [count() - before, process.cpuUsage(cpuBefore), performance.now() - atMs]
  return {
    perSecond: operations / (tookMs / 1_000),
    cpuMs: (cpu.user + cpu.system) / 1_000 / operations,
    loopPercent: performance.eventLoopUtilization(performance.eventLoopUtilization(), loopBefore).utilization * 100,
  }
}
