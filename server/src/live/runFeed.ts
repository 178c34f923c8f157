import { isTerminal } from '@flakebench/contract'
import type { SqlClient } from '@flakebench/store'
import type { Log } from '../log.ts'
import { Broadcast } from './broadcast.ts'
import { type RunLiveView, readLiveView } from './runView.ts'

/** Also when nothing has happened, so that ages are seen to go on. A little over a second: a running run pokes once a second. */
const AT_LEAST_EVERY_MS = 1_200

export interface RunFeeds {
  /** The state of a run from now on; the first value comes at once; ends after the terminal one. */
  subscribe(runId: string): AsyncIterableIterator<RunLiveView>
  /** Something about the run has changed. */
  poke(runId: string): void
  close(): void
}

/** One reading of the tables a second for each run that is watched, whatever the number of those who watch. */
export const runFeeds = (db: SqlClient, log: Log): RunFeeds => {
  const feeds = new Map<string, RunFeed>()
  return {
    subscribe: runId => {
      let feed = feeds.get(runId)
      if (feed === undefined) {
        feed = new RunFeed(db, log, runId, () => feeds.delete(runId))
        feeds.set(runId, feed)
      }
      return feed.subscribe()
    },
    poke: runId => feeds.get(runId)?.poke(),
    close: () => {
      for (const feed of feeds.values()) feed.end()
    },
  }
}

class RunFeed {
  readonly #broadcast = new Broadcast<RunLiveView>(() => this.end())
  #timer: NodeJS.Timeout | null = null
  #reading = false
  #again = false
  #ended = false
  #last: RunLiveView | null = null

  constructor(
    private readonly db: SqlClient,
    private readonly log: Log,
    private readonly runId: string,
    private readonly onEnd: () => void,
  ) {}

  subscribe(): AsyncIterableIterator<RunLiveView> {
    const subscriber = this.#broadcast.subscribe()
    if (this.#last !== null) subscriber.push(this.#last)
    else this.poke()
    return subscriber
  }

  /** Reads and sends; pokes while a reading is under way make one more. */
  poke(): void {
    if (this.#ended) return
    if (this.#reading) {
      this.#again = true
      return
    }
    this.#reading = true
    void this.#read().finally(() => {
      this.#reading = false
      if (this.#ended) return
      const again = this.#again
      this.#again = false
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.poke(), again ? 0 : AT_LEAST_EVERY_MS)
    })
  }

  async #read(): Promise<void> {
    try {
      const view = await readLiveView(this.db, this.runId)
      if (view === null) return this.end()
      this.#last = view
      this.#broadcast.publish(view)
      if (isTerminal(view.run.status)) this.end()
    } catch (error) {
      this.log.error('could not read a watched run; trying again', { run: this.runId, error })
    }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.onEnd()
    this.#broadcast.end()
  }
}
