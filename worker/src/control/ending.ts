import type { WorkerFailure } from '../failure.ts'

/** The end of a worker's part in the run: the first reason wins, later ones change nothing. */
export class Ending {
  readonly came: Promise<void>
  hasCome = false
  /** How long what is in flight may take to end. */
  drainSeconds = 0
  /** Null: the end is a good one. */
  failure: WorkerFailure | null = null
  #resolve: () => void = () => undefined

  constructor() {
    this.came = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  come(drainSeconds: number, failure: WorkerFailure | null = null): void {
    if (this.hasCome) return
    this.hasCome = true
    this.drainSeconds = drainSeconds
    this.failure = failure
    this.#resolve()
  }
}
