import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { watch } from '../kit/watchRun.ts'
import { RUN_UPDATES, type RunUpdated } from '../kit/wholeRun.ts'
import { withBenchServer } from './benchServer.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

const DEFAULT_SECONDS = 60
const DEFAULT_WORKERS = 2

/** When the end of an interval, as seconds from the start of the run, was first seen. */
type FirstSeen = Map<number, number>

/** From the end of an interval to the moment in which a subscriber has received it, and a page shows it; one clock, as all run on this machine. */
export const benchFresh = async ({ seconds, workers, rows }: BenchOptions): Promise<void> => {
  const [measuredSeconds, fleet] = [seconds ?? DEFAULT_SECONDS, workers ?? DEFAULT_WORKERS]
  tell(`a run of ${measuredSeconds} s with ${fleet} workers and 8 connections, one subscriber, one page`)
  await withBenchServer(rows, async bench => {
    const id = await bench.prepare({ workers: fleet, targetConnections: 8, warmupSeconds: 0, durationSeconds: measuredSeconds })
    const live = watch<RunUpdated>(bench.server.url, RUN_UPDATES, { runId: id })
    const shown: FirstSeen = new Map()
    const browser = await openPage(`${bench.server.url}/runs/${id}`, shown)
    await bench.start(id)
    await live.ended
    await browser?.close()
    const { startAtMs } = await bench.record(id)
    const received: FirstSeen = new Map()
    live.updates.forEach(({ runUpdated }, i) => {
      for (const { elapsedSeconds } of runUpdated.newestPoints) noteFirst(received, elapsedSeconds, live.receivedAtMs[i] ?? Number.NaN)
    })
    const row = (name: string, seen: FirstSeen): string[] => {
      const ages = [...seen].map(([elapsedSeconds, atMs]) => atMs - ((startAtMs ?? Number.NaN) + elapsedSeconds * 1_000))
      return [
        name,
        String(ages.length),
        ...[Math.min(...ages), median(ages), percentile(ages, 99), Math.max(...ages)].map(age => age.toFixed(0)),
      ]
    }
    printTable(
      ['ms from the end of an interval', 'intervals', 'least', 'p50', 'p99', 'most'],
      [row('to a subscriber', received), ...(shown.size === 0 ? [] : [row('to the page', shown)])],
    )
    tell(`${live.updates.length} updates in all`)
  })
}

const noteFirst = (seen: FirstSeen, elapsedSeconds: number, atMs: number): void => {
  if (!seen.has(elapsedSeconds)) seen.set(elapsedSeconds, atMs)
}

/** A page that tells when it shows a newer interval; null where no browser is installed. */
const openPage = async (url: string, shown: FirstSeen): Promise<TestBrowser | null> => {
  let browser: TestBrowser
  try {
    browser = await openBrowser()
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error))
    return null
  }
  const page = await browser.page()
  await page.exposeFunction('tellShown', (elapsedSeconds: number, atMs: number) => noteFirst(shown, elapsedSeconds, atMs))
  await page.goto(url)
  await page.locator('[data-testid="run-page"][data-last-elapsed]').waitFor({ state: 'attached' })
  await page.evaluate(WATCH_NEWEST)
  return browser
}

/** Runs in the page: after each change, once the frame with it has been drawn. */
const WATCH_NEWEST = `
  const page = document.querySelector('[data-testid="run-page"]')
  new MutationObserver(() => requestAnimationFrame(() => {
    const elapsed = Number(page.dataset.lastElapsed)
    if (elapsed > 0) window.tellShown(elapsed, Date.now())
  })).observe(page, { attributes: true, attributeFilter: ['data-last-elapsed'] })
`
