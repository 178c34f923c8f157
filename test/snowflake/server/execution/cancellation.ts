import { SnowflakeError } from '../sql/translation.ts'

/** What can end a statement from outside: a request to abort it, a timeout, the end of its session. The first reason stays. */
export interface Cancellation {
  readonly reason: SnowflakeError | null
  cancel(reason: SnowflakeError): void
  /** @returns takes the listener away again */
  onCancel(listener: (reason: SnowflakeError) => void): () => void
  /** @throws SnowflakeError the reason, when there is one */
  check(): void
  /** @throws SnowflakeError the reason, as soon as there is one */
  sleep(ms: number): Promise<void>
}

export const createCancellation = (): Cancellation => {
  const listeners = new Set<(reason: SnowflakeError) => void>()
  let reason: SnowflakeError | null = null
  const cancellation: Cancellation = {
    get reason() {
      return reason
    },
    cancel(why) {
      if (reason !== null) return
      reason = why
      for (const listener of [...listeners]) listener(why)
    },
    onCancel(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    check() {
      if (reason !== null) throw reason
    },
    sleep(ms) {
      if (reason !== null) return Promise.reject(reason)
      return new Promise((resolve, reject) => {
        const unlisten = cancellation.onCancel(why => {
          clearTimeout(timer)
          reject(why)
        })
        const timer = setTimeout(() => {
          unlisten()
          resolve()
        }, ms)
      })
    },
  }
  return cancellation
}

/** A place in a line that is waited for; given up when the statement is cancelled. */
export const waitForTurn = (cancellation: Cancellation, join: (admit: () => void) => () => void): Promise<void> => {
  if (cancellation.reason !== null) return Promise.reject(cancellation.reason)
  return new Promise((resolve, reject) => {
    const leave = join(() => {
      unlisten()
      resolve()
    })
    const unlisten = cancellation.onCancel(why => {
      leave()
      reject(why)
    })
  })
}

/** By its user. */
export const canceledByUser = (): SnowflakeError => new SnowflakeError('000604', '57014', 'SQL execution canceled')

export const timedOut = (seconds: number, kind: '' | 'queued '): SnowflakeError =>
  new SnowflakeError(
    '000630',
    '57014',
    `Statement reached its statement or warehouse ${kind}timeout of ${seconds} second(s) and was canceled.`,
  )
