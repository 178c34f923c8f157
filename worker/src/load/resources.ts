import { readFileSync } from 'node:fs'
import { freemem, totalmem } from 'node:os'
import { performance } from 'node:perf_hooks'
import { type CpuCount, listResourceLimits, parseMachineMemory, type ReadText, readCpuCount, readUsedBytes } from './cgroup.ts'
import { decideCpuUse, decideMemoryUse, wasThrottled } from './decideUse.ts'

/** What this process used of the machine in a stretch of time. */
export interface ResourceUse {
  /** User and system time of the process over wall time; 100 = one core. */
  readonly cpuPercent: number
  /** Of the CPU that it may use, 0–100: of one core, or of the quota of its control group, whichever is nearer to its limit. */
  readonly cpuUsedPercent: number
  /** A control group was stopped at its quota in between. */
  readonly isThrottled: boolean
  /** Of the memory that it may use, 0–100: its control group's where that is limited, the machine's otherwise. */
  readonly memoryUsedPercent: number
}

export interface ResourceSources {
  /** Milliseconds of CPU that were spent on waiting so far (see `ArrivalClock`): used, and yet there for work. */
  readonly spunMs?: () => number
  readonly read?: ReadText
}

/**
 * Measures from one call to the next. What it reads are windows into the kernel, not files on a disk: a few microseconds each, and only those that
 * have a limit.
 */
export const startResourceMeter = ({ spunMs = () => 0, read = readText }: ResourceSources = {}): (() => ResourceUse) => {
  const limits = listResourceLimits(read)
  const countAll = (): readonly (CpuCount | null)[] => limits.cpu.map(group => readCpuCount(read, group))
  let own = process.cpuUsage()
  let groups = countAll()
  let spun = spunMs()
  let atMs = performance.now()
  return () => {
    const before = { own, groups, spun, atMs }
    own = process.cpuUsage()
    groups = countAll()
    spun = spunMs()
    atMs = performance.now()
    const spanMs = atMs - before.atMs
    const ownMs = (own.user - before.own.user + own.system - before.own.system) / 1_000
    const cpuPercent = spanMs > 0 ? (ownMs / spanMs) * 100 : 0
    const uses = limits.cpu.map(({ cores }, i) => ({ cores, before: before.groups[i] ?? null, after: groups[i] ?? null }))
    return {
      cpuPercent,
      cpuUsedPercent: decideCpuUse({ spanMs, ownMs, spunMs: spun - before.spun }, uses),
      isThrottled: wasThrottled(uses),
      memoryUsedPercent: decideMemoryUse(
        limits.memory.map(group => ({ limitBytes: group.limitBytes, usedBytes: readUsedBytes(read, group) })),
        () => parseMachineMemory(read('/proc/meminfo')) ?? (1 - freemem() / totalmem()) * 100,
      ),
    }
  }
}

const readText: ReadText = path => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
