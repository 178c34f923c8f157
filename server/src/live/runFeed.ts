import { type ControlPace, isTerminal } from '@flakebench/contract'
import type { Log } from '../log.ts'
import { Broadcast } from './broadcast.ts'
import { neverBack } from './neverBack.ts'
import type { RunLiveView } from './runView.ts'
import type { RunViews } from './runViews.ts'

/** Also when nothing has happened, so that ages are seen to go on. A little over a second: a running run pokes once a second. */
const AT_LEAST_EVERY_MS = 1_200

export interface RunFeeds {
  /** The state of a run from now on; the first value comes at once; ends after the terminal one. */
  subscribe(runId: string): AsyncIterableIterator<RunLiveView>
  /** Something about the run has changed. */
  poke(runId: string): void
  close(): void
}

/** One look a second at each run that is watched, whatever the number of those who watch; less often where looking costs and another server drives it. */
export const runFeeds = (views: RunViews, pace: Pick<ControlPace, 'watchMs'>, log: Log): RunFeeds => {
  const feeds = new Map<string, RunFeed>()
  return {
    subscribe: runId => {
      let feed = feeds.get(runId)
      if (feed === undefined) {
        feed = new RunFeed(views, pace, log, runId, () => feeds.delete(runId))
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
    private readonly views: RunViews,
    private readonly pace: Pick<ControlPace, 'watchMs'>,
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
      const everyMs = this.views.isDriven(this.runId) ? AT_LEAST_EVERY_MS : this.pace.watchMs
      this.#timer = setTimeout(() => this.poke(), again ? 0 : everyMs)
    })
  }

  async #read(): Promise<void> {
    try {
      const read = await this.views.live(this.runId)
      if (read === null) return this.end()
      const view = { ...read, run: neverBack(read.run, this.#last?.run ?? null) }
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
