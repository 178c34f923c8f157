import type { LogLevel } from './enums.ts'

/** One line about a run, from its server or one of its workers: a row of TEST_LOGS. */
export interface LogLine {
  readonly id: string
  readonly runId: string
  /** Null: the server that drove the run. */
  readonly workerId: string | null
  /** Rises by one per writer (a worker's attempt, a server's claim). */
  readonly sequence: number
  /** When it happened, database clock, milliseconds since 1970. */
  readonly atMs: number
  readonly level: LogLevel
  /** What speaks: `orchestrator`, `find max`, `guardrails`, `load`, `control` … */
  readonly source: string
  readonly message: string
  readonly exception: string | null
}
