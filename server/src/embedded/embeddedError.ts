/** Why the embedded PostgreSQL could not be had. A closed set; the message says what to do. */
export type EmbeddedErrorReason =
  | 'UNSUPPORTED_PLATFORM'
  | 'NO_USER'
  | 'NOT_WRITABLE'
  | 'NOT_REACHABLE'
  | 'HOME_IN_USE'
  | 'WRONG_VERSION'
  | 'CREATE_FAILED'
  | 'START_FAILED'
  | 'STOP_FAILED'

/** An error of the embedded PostgreSQL: `reason` for programs, `message` (plain, with what to do) for people. */
export class EmbeddedError extends Error {
  readonly reason: EmbeddedErrorReason

  constructor(reason: EmbeddedErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedError'
    this.reason = reason
  }
}

/** The `code` of a system error (`EACCES`, `ENOENT`, …), or undefined for anything else. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
