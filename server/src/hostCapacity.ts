import os from 'node:os'
import type { HostCapacity } from '@flakebench/contract'

/** What this process may use of its machine: the cores that it may run on, and the memory that its control groups leave it. */
export const readHostCapacity = (): HostCapacity => {
  const constrained = process.constrainedMemory() ?? 0
  const total = os.totalmem()
  return { cores: os.availableParallelism(), memoryBytes: constrained > 0 ? Math.min(constrained, total) : total }
}
