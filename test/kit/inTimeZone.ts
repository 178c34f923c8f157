import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { RunRecord } from '@flakebench/contract'

/** What momentsOnce.ts said. */
export interface SeenMoments {
  /** Of the process's own time zone, at the moment written. */
  readonly offsetMinutes: number
  readonly clockMs: number
  readonly before: RunRecord
  readonly after: RunRecord
}

/** Lets a process that lives in the time zone write the start of a run, and read the run before and after. */
export const writeMomentsIn = async (timeZone: string, url: string, runId: string, startAtMs: number): Promise<SeenMoments> => {
  const args = ['--import', 'tsx', join(import.meta.dirname, 'momentsOnce.ts'), url, runId, String(startAtMs)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env: { ...process.env, TZ: timeZone } })
  return JSON.parse(stdout) as SeenMoments
}
