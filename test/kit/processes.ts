import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type LivingProcess, readLivingProcess } from '../../server/src/embedded/livingProcess.ts'
import { killHard } from './embeddedHome.ts'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 50

/** Waits until what is read holds; says what was awaited, and what was read last, when it does not come. */
export const until = async <T>(
  what: string,
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  patienceMs: number = PATIENCE_MS,
): Promise<T> => {
  const giveUpAtMs = performance.now() + patienceMs
  for (;;) {
    const value = await read()
    if (holds(value)) return value
    if (performance.now() > giveUpAtMs) throw new Error(`still not so: ${what}; last seen: ${JSON.stringify(value)}`)
    await pause(LOOK_EVERY_MS)
  }
}

/** The living processes with this word in their command line. */
export const listProcessesWith = (word: string): LivingProcess[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(name => readLivingProcess(Number(name)) ?? [])
    .filter(({ command }) => command.includes(word))

/** Waits until no process of these runs is left. Those that stay are killed, and named in the error. */
export const refuseLeftovers = async (runIds: readonly string[]): Promise<void> => {
  const leftovers = (): LivingProcess[] => runIds.flatMap(listProcessesWith)
  try {
    await until('no worker is left', leftovers, left => left.length === 0, 10_000)
  } catch {
    const left = leftovers()
    for (const { pid } of left) await killHard(pid)
    if (left.length > 0) throw new Error(`left over: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`)
  }
}

const MS_PER_TICK = 10
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/** CPU time that a process has used so far, in milliseconds; steps of 10 (the kernel's tick). */
export const readCpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) * MS_PER_TICK
}
