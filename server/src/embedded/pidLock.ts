import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isStillAlive, readLivingProcess } from './livingProcess.ts'

/** A lock that this process holds until it releases it or dies. */
export interface PidLock {
  release(): Promise<void>
}

interface Claim {
  readonly pid: number
  readonly startMark: string
  readonly nonce: string
}

const nameOf = (claim: Claim): string => `${claim.pid}~${claim.startMark}~${claim.nonce}`
const WANTS = '.wants'
const HOLDS = '.holds'

const newClaim = (): Claim => ({
  pid: process.pid,
  startMark: readLivingProcess(process.pid)?.startMark ?? 'unknown',
  nonce: randomBytes(6).toString('hex'),
})

/** The other claims of living processes. Files of dead ones are removed: a name is never used twice, so this takes nobody's lock. */
const listOtherClaims = async (
  directory: string,
  own: Claim,
): Promise<{ readonly wanting: readonly Claim[]; readonly holder: Claim | undefined }> => {
  const wanting: Claim[] = []
  let holder: Claim | undefined
  for (const file of await readdir(directory)) {
    const [pid, startMark, nonce] = file.replace(/\.\w+$/, '').split('~')
    const claim = { pid: Number(pid), startMark: startMark ?? '', nonce: nonce ?? '' }
    if (nameOf(claim) === nameOf(own)) continue
    if (!isStillAlive(claim)) await rm(join(directory, file), { force: true })
    else if (file.endsWith(HOLDS)) holder = claim
    else wanting.push(claim)
  }
  return { wanting, holder }
}

const withdraw = async (directory: string, claim: Claim): Promise<void> => {
  for (const suffix of [HOLDS, WANTS]) await rm(join(directory, nameOf(claim) + suffix), { force: true })
}

/**
 * Announce, then look: of two that announce, the later one sees the earlier. Between two that only want, the lower name waits for the
 * higher one to decide and the higher one steps back. Nobody ever removes or renames a living one's file, so there is no moment in which
 * a takeover can take the lock of a third.
 */
const claimOnce = async (
  directory: string,
  own: Claim,
): Promise<{ readonly outcome: 'HELD' | 'STEP_BACK' } | { readonly outcome: 'TAKEN'; readonly pid: number }> => {
  await writeFile(join(directory, nameOf(own) + WANTS), '', { flag: 'wx' })
  const first = await listOtherClaims(directory, own)
  if (first.holder) return { outcome: 'TAKEN', pid: first.holder.pid }
  if (first.wanting.some(other => nameOf(other) < nameOf(own))) return { outcome: 'STEP_BACK' }
  let undecided = new Set(first.wanting.map(nameOf))
  while (undecided.size > 0) {
    await pause(5)
    const now = await listOtherClaims(directory, own)
    if (now.holder) return { outcome: 'TAKEN', pid: now.holder.pid }
    undecided = new Set(now.wanting.map(nameOf).filter(name => undecided.has(name)))
  }
  await writeFile(join(directory, nameOf(own) + HOLDS), '', { flag: 'wx' })
  return { outcome: 'HELD' }
}

/**
 * Takes the lock that `directory` stands for, or tells the pid that has it. A lock ends with its process: a killed one's is free at once,
 * even when its pid names another process by now. Works between processes that see each other's pids (not between two containers).
 */
export const tryLock = async (directory: string): Promise<PidLock | { readonly heldBy: number }> => {
  await mkdir(directory, { recursive: true })
  for (;;) {
    const own = newClaim()
    const result = await claimOnce(directory, own).catch(async (error: unknown) => {
      await withdraw(directory, own)
      throw error
    })
    if (result.outcome === 'HELD') return { release: () => withdraw(directory, own) }
    await withdraw(directory, own)
    if (result.outcome === 'TAKEN') return { heldBy: result.pid }
    await pause(10)
  }
}

/** Does `work` while holding the lock, after waiting for it as long as it takes. */
export const withLock = async <T>(directory: string, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    const lock = await tryLock(directory)
    if ('heldBy' in lock) {
      await pause(25)
      continue
    }
    try {
      return await work()
    } finally {
      await lock.release()
    }
  }
}
