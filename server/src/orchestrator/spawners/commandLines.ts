import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'

/** What the processes of this machine were started with. */
export interface CommandLines {
  /** As the process has it now; empty: there is no such process, or it has ended; null: that cannot be asked. */
  read(pid: number): string | null
  /** The same, where asking is dear as it was a few seconds ago. */
  readLately(pid: number): string | null
}

const PS_TIMEOUT_MS = 1_000
const REMEMBERED_MS = 5_000

const fromProc = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** By `ps`, which Linux, macOS and the BSDs have. */
export const fromPs = (pid: number): string | null => {
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    // It says nothing, and ends with 1, of a process that is not there.
    return (error as { status?: unknown }).status === 1 ? '' : null
  }
}

/** Each `read` starts a process: whoever only looks is answered from memory for some seconds. */
const remembering = (read: CommandLines['read']): CommandLines => {
  const known = new Map<number, { readonly line: string | null; readonly atMs: number }>()
  return {
    read,
    readLately: pid => {
      const nowMs = performance.now()
      for (const [other, { atMs }] of known) if (nowMs - atMs > REMEMBERED_MS) known.delete(other)
      const seen = known.get(pid) ?? { line: read(pid), atMs: nowMs }
      known.set(pid, seen)
      return seen.line
    },
  }
}

/** @param platform of node */
export const commandLinesOn = (platform: NodeJS.Platform): CommandLines => {
  if (platform === 'linux') return { read: fromProc, readLately: fromProc }
  return platform === 'win32' ? { read: () => null, readLately: () => null } : remembering(fromPs)
}
