import type { Statement } from '../execution/statement.ts'
import type { Target } from './receive.ts'

/** A request, read. */
export interface WireRequest {
  readonly method: string
  readonly target: Target
  readonly body: unknown
  /** Session or master token; empty: none. */
  readonly token: string
  readonly chunkHeader: string | undefined
}

/** What it is answered with. */
export interface Reply {
  readonly json: string
  /** Rows that the driver reads for itself: as JSON it would read them too early. */
  readonly isChunk?: boolean
  /** 200 when left out. */
  readonly status?: number
  /** The answer is this statement's. */
  readonly statement?: Statement
}
