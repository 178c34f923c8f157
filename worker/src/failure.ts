/** What the process says with its exit code. */
export const EXIT = { OK: 0, CONFIGURATION: 1, NOT_PREPARED: 2, NO_START: 3, CONTROL_LOST: 4, SUPERSEDED: 5 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Why this worker cannot go on: one plain sentence that names what is wrong and what to do, fit for the heartbeat and the terminal. */
export class WorkerFailure extends Error {
  override readonly name = 'WorkerFailure'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.exitCode = exitCode
  }
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  return message !== '' ? message : String((error as { code?: unknown }).code ?? error.name)
}

/** Does the work, or fails with a sentence. @param explain puts what was thrown into words, unless it is a sentence already. @throws WorkerFailure */
export const inWords = async <T>(work: () => T | Promise<T>, explain: (error: unknown) => string): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw error instanceof WorkerFailure ? error : new WorkerFailure(EXIT.NOT_PREPARED, explain(error), { cause: error })
  }
}
