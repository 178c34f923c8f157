import type { LogLevel, WorkerSnapshot } from '@flakebench/contract'

/** Whether it has been told that the worker could be the limit. Milliseconds from the agreed start. */
export interface ClientNews {
  /** Since when it is said to be; null: it is not. */
  readonly limitedFromMs: number | null
  /** The end of the last interval in which it was. */
  readonly lastLimitedMs: number
}

export interface NewsLine {
  readonly level: LogLevel
  readonly message: string
}

export const NO_CLIENT_NEWS: ClientNews = { limitedFromMs: null, lastLimitedMs: 0 }

/** It is over when nothing was limited for so long: a worker at the edge does not fill the log. */
const OVER_AFTER_MS = 5_000

/** What the log is to say after an interval: that the worker may have become the limit, that it is over, or nothing. */
export const nextClientNews = (
  news: ClientNews,
  { startMs, endMs, client }: Pick<WorkerSnapshot, 'startMs' | 'endMs' | 'client'>,
): readonly [ClientNews, NewsLine | null] => {
  if (client.limited) {
    const next = { limitedFromMs: news.limitedFromMs ?? startMs, lastLimitedMs: endMs }
    if (news.limitedFromMs !== null) return [next, null]
    const busy = `event loop ${client.eventLoopUtilizationPercent.toFixed(0)} % busy and ${client.eventLoopDelayP99Ms.toFixed(1)} ms late at p99`
    const cpu = `CPU at ${client.cpuUsedPercent.toFixed(0)} % of its limit`
    return [next, { level: 'WARN', message: `This worker, and not the database, could be the limit: ${busy}, ${cpu}` }]
  }
  if (news.limitedFromMs === null || endMs - news.lastLimitedMs < OVER_AFTER_MS) return [news, null]
  const seconds = ((news.lastLimitedMs - news.limitedFromMs) / 1_000).toFixed(1)
  return [NO_CLIENT_NEWS, { level: 'INFO', message: `This worker is not the limit any more; it could have been for ${seconds} s` }]
}
