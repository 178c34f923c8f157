import type { Done, EngineConnection, OperationFailure } from '../../worker/src/engines/engine.ts'

/** A session whose operations end when the test says so. */
export interface HeldSession {
  readonly connection: EngineConnection
  /** Names of the statements, in the order in which they were sent. */
  readonly sent: readonly string[]
  readonly isBusy: boolean
  end(failure?: OperationFailure): void
  /** The server is gone; what is in flight fails. */
  lose(): void
}

export const heldSession = (): HeldSession => {
  const sent: string[] = []
  let isOpen = true
  let done: Done | null = null
  const end = (failure: OperationFailure | null): void => {
    const ended = done
    done = null
    ended?.(failure, false)
  }
  const close = async (): Promise<void> => {
    isOpen = false
  }
  const connection: EngineConnection = {
    get isOpen() {
      return isOpen
    },
    lastQueryId: null,
    lastRows: null,
    prepare: async () => undefined,
    rehearse: async () => undefined,
    tryOnce: async () => {
      throw new Error('nothing is tried on it')
    },
    execute: ({ name }, _, ended) => {
      if (done !== null) throw new Error('two operations at a time on one session')
      sent.push(name)
      done = ended
    },
    cancel: () => undefined,
    measureFloor: async () => 0,
    close,
    destroy: () => void close(),
  }
  return {
    connection,
    sent,
    get isBusy() {
      return done !== null
    },
    end: failure => end(failure ?? null),
    lose: () => {
      isOpen = false
      end({ category: 'CONNECTION', sample: 'lost' })
    },
  }
}
