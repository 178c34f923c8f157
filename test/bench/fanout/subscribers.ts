import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Delivered, FromSubscribers, ToSubscribers } from './subscriberProcess.ts'

const CHILD = fileURLToPath(new URL('subscriberProcess.ts', import.meta.url))

/** A process of its own that subscribes, as often as it is told. */
export interface Subscribers {
  open(where: Omit<Extract<ToSubscribers, { type: 'OPEN' }>, 'type'>): Promise<void>
  /** From now on they read now and then only. */
  readSeldom(everyMs: number): void
  measure(): void
  tell(): Promise<Delivered>
  close(): Promise<void>
  end(): void
}

export const startSubscribers = async (): Promise<Subscribers> => {
  const child = fork(CHILD, { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
  await heard(child, 'READY')
  const send = (message: ToSubscribers): void => void child.send(message)
  return {
    open: async where => {
      send({ type: 'OPEN', ...where })
      await heard(child, 'OPENED')
    },
    readSeldom: everyMs => send({ type: 'READ_SELDOM', everyMs }),
    measure: () => send({ type: 'MEASURE' }),
    tell: async () => {
      send({ type: 'TELL' })
      return await heard(child, 'TOLD')
    },
    close: async () => {
      send({ type: 'CLOSE' })
      await heard(child, 'CLOSED')
    },
    end: () => void child.kill('SIGKILL'),
  }
}

const heard = <T extends FromSubscribers['type']>(child: ChildProcess, type: T): Promise<Extract<FromSubscribers, { type: T }>> =>
  new Promise((resolve, reject) => {
    const hear = (message: unknown): void => {
      if ((message as FromSubscribers).type !== type) return
      child.off('message', hear).off('exit', over)
      resolve(message as Extract<FromSubscribers, { type: T }>)
    }
    const over = (code: number | null): void => reject(new Error(`a subscriber process ended with ${code} before ${type}`))
    child.on('message', hear).on('exit', over)
  })
