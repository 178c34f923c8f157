import { performance } from 'node:perf_hooks'

/** What a loader tells the process that has started it. */
export type LoadMessage =
  /** Executions that are in the table, or on their way there, of all that were found. */
  | { readonly type: 'PROGRESS'; readonly done: number; readonly total: number }
  /** The last one. Files, or parts of them, that cannot be read, a sentence each. */
  | { readonly type: 'DONE'; readonly unread: readonly string[] }

export type TellLoad = (message: LoadMessage) => Promise<void>

/** Over the channel to the parent process; nothing without one, and where it is closed. */
export const tellParent: TellLoad = message =>
  new Promise(resolve => {
    if (process.send === undefined || !process.connected) resolve()
    else process.send(message, undefined, {}, () => resolve())
  })

/** Five times a second at most. */
const EVERY_MS = 200

export interface LoadProgress {
  /** So many more are on their way. */
  add(executions: number): void
  /** So many of them are not, after all. */
  takeBack(executions: number): void
  /** All that is said is on its way. */
  end(): Promise<void>
}

export const startLoadProgress = (tell: TellLoad, doneBefore: number, total: number): LoadProgress => {
  let done = doneBefore
  let toldAtMs = Number.NEGATIVE_INFINITY
  let telling: Promise<void> = Promise.resolve()
  const say = (): void => {
    toldAtMs = performance.now()
    telling = tell({ type: 'PROGRESS', done, total })
  }
  say()
  return {
    add: executions => {
      done += executions
      if (performance.now() - toldAtMs >= EVERY_MS) say()
    },
    takeBack: executions => {
      done -= executions
    },
    end: async () => {
      say()
      await telling
    },
  }
}
