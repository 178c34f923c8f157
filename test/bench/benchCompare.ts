import type { Page } from 'playwright-core'
import { openBrowser } from '../kit/browser.ts'
import { comparedAnswers } from '../kit/comparedRuns.ts'
import { comparedCase } from '../kit/comparedSeries.ts'
import { startConsoleApi } from '../kit/consoleApi.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile, printTable, tell } from './report.ts'

const HOUR_SECONDS = 3_600
const DEFAULT_SECONDS = 4
const PART = (name: string): string => `[data-testid="${name}"]`

/** What is done to the charts: once a frame, as a mouse would, or as often as a person clicks. */
interface Deed {
  readonly name: string
  readonly query: string
  readonly act: (page: Page, seconds: number) => Promise<void>
}

interface Frames {
  readonly perSecond: number
  /** Processor time of the page's main thread, which does not count what other processes take from it. */
  readonly busyMs: number
  readonly longestMs: number
  readonly longTasks: number
  readonly longestTaskMs: number
}

/** Counts frames, the time between them and the tasks of more than 50 ms; runs in the page. */
const WATCH_FRAMES = `
  window.frames_ = []
  window.tasks_ = []
  window.watching_ = true
  const next = at => { window.frames_.push(at); if (window.watching_) requestAnimationFrame(next) }
  requestAnimationFrame(next)
  window.observer_ = new PerformanceObserver(list => window.tasks_.push(...list.getEntries().map(each => each.duration)))
  window.observer_.observe({ entryTypes: ['longtask'] })
`
const READ_FRAMES = `
  (() => {
    window.watching_ = false
    window.observer_.disconnect()
    return { frames: window.frames_, tasks: window.tasks_ }
  })()
`
/** Moves a pointer, or turns a wheel, in every frame; runs in the page. */
const eachFrame = (seconds: number, body: string): string => `
  new Promise(done => {
    const plots = document.querySelector('${PART('plots')}')
    const box = plots.getBoundingClientRect()
    const fire = (kind, event, rest) => plots.dispatchEvent(new event(kind, { bubbles: true, cancelable: true, clientY: box.top + 60, ...rest }))
    const began = performance.now()
    const step = now => {
      const t = (now - began) / 1000
      if (t >= ${seconds}) return done()
      ${body}
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
`
/** What a real pointer has and a made-up one has not. */
const FREE_POINTER = `Element.prototype.setPointerCapture = () => {}`

const press = (kind: 'pointerdown' | 'pointerup'): string =>
  `{ const plots = document.querySelector('${PART('plots')}'); const box = plots.getBoundingClientRect()
     plots.dispatchEvent(new PointerEvent('${kind}', { bubbles: true, button: 0, pointerId: 1, clientX: box.left + box.width / 2, clientY: box.top + 60 })) }`

const pan = async (page: Page, seconds: number): Promise<void> => {
  await page.evaluate(FREE_POINTER)
  await page.evaluate(press('pointerdown'))
  await page.evaluate(
    eachFrame(
      seconds,
      `fire('pointermove', PointerEvent, { pointerId: 1, clientX: box.left + box.width * (0.5 + 0.35 * Math.sin(t * 2.2)) })`,
    ),
  )
  await page.evaluate(press('pointerup'))
}
const zoom = async (page: Page, seconds: number): Promise<void> => {
  await page.evaluate(
    eachFrame(
      seconds,
      `fire('wheel', WheelEvent, { ctrlKey: true, deltaY: Math.cos(t * 2.4) > 0 ? -24 : 24, clientX: box.left + box.width * 0.6 })`,
    ),
  )
}
const crosshair = async (page: Page, seconds: number): Promise<void> => {
  await page.evaluate(
    eachFrame(
      seconds,
      `fire('pointermove', PointerEvent, { pointerId: 1, clientX: box.left + 80 + (box.width - 120) * (0.5 + 0.5 * Math.sin(t * 1.7)) })`,
    ),
  )
}
/** Four clicks a second, which is fast for a person. */
const toggle = async (page: Page, seconds: number): Promise<void> => {
  const boxes = page.locator(`[data-testid^="show-run-"] input`)
  const count = await boxes.count()
  for (let click = 0; click < seconds * 4; click++) {
    await boxes.nth(Math.floor(click / 2) % count).click()
    await page.waitForTimeout(220)
  }
}

const ALL = 'percentiles=p50%20p95%20p99'
const ZOOMED = 'from=1200&to=1800'
const VIEWS = [
  { word: 'overlay', query: '' },
  { word: 'overlay, three percentiles', query: `&${ALL}` },
  { word: 'small multiples', query: '&view=multiples' },
] as const
const DEEDS: readonly Deed[] = VIEWS.flatMap(({ word, query }) => [
  { name: `${word}: pan`, query: `${query}&${ZOOMED}`, act: pan },
  { name: `${word}: zoom`, query, act: zoom },
  { name: `${word}: crosshair`, query, act: crosshair },
  { name: `${word}: toggle`, query, act: toggle },
])

const framesOf = (
  { frames, tasks }: { readonly frames: readonly number[]; readonly tasks: readonly number[] },
  busySeconds: number,
): Frames => {
  const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at))
  const spanMs = (frames.at(-1) ?? 0) - (frames[0] ?? 0)
  return {
    perSecond: (gaps.length / spanMs) * 1_000,
    busyMs: (busySeconds / gaps.length) * 1_000,
    longestMs: percentile(gaps, 99),
    longTasks: tasks.length,
    longestTaskMs: Math.max(0, ...tasks),
  }
}

/** Seconds of processor time that the page's main thread has had so far. */
const watchBusy = async (page: Page): Promise<() => Promise<number>> => {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return metrics.find(metric => metric.name === 'TaskDuration')?.value ?? Number.NaN
  }
}

/** How many frames a second the page of a comparison draws while its reader pans, zooms, points and clicks, with five made-up runs of an hour. */
export const benchCompare = async ({ repeats, seconds }: BenchOptions): Promise<void> => {
  const each = seconds ?? DEFAULT_SECONDS
  const cases = [0, 1, 2, 3, 4].map(place =>
    comparedCase(place, { measuredSeconds: HOUR_SECONDS, warmupSeconds: 60, gap: place === 2 ? [900, 1_000] : null }),
  )
  tell(`five runs of ${HOUR_SECONDS.toLocaleString('en-US')} s, QPS and response time, 1280 × 800, ${each} s each, ${repeats} times`)
  const api = await startConsoleApi(comparedAnswers(cases))
  const browser = await openBrowser()
  try {
    const rows: string[][] = []
    for (const deed of DEEDS) {
      const seen: Frames[] = []
      for (let repeat = 0; repeat < repeats; repeat++) {
        const page = await browser.page()
        await page.goto(`${api.url}/compare?ids=${cases.map(run => run.id).join(',')}${deed.query}`)
        await page.waitForSelector(`${PART('chart-latency')} canvas`)
        await page.locator(PART('plots')).scrollIntoViewIfNeeded()
        await page.evaluate(`document.querySelector('${PART('plots')}').scrollIntoView({ block: 'start' })`)
        await page.waitForLoadState('networkidle')
        await page.waitForTimeout(600)
        const readBusy = await watchBusy(page)
        const before = await readBusy()
        await page.evaluate(WATCH_FRAMES)
        await deed.act(page, each)
        const busySeconds = (await readBusy()) - before
        seen.push(framesOf((await page.evaluate(READ_FRAMES)) as Parameters<typeof framesOf>[0], busySeconds))
        await page.close()
      }
      const middle = (pick: (frames: Frames) => number): string => median(seen.map(pick)).toFixed(0)
      const least = Math.min(...seen.map(frames => frames.perSecond)).toFixed(0)
      rows.push([
        deed.name,
        middle(frames => frames.perSecond),
        least,
        middle(frames => frames.busyMs),
        middle(frames => frames.longestMs),
        middle(frames => frames.longTasks),
        middle(frames => frames.longestTaskMs),
      ])
      tell(rows.at(-1)?.join('  ') ?? '')
    }
    printTable(['', 'frames/s', 'least of all', 'CPU ms/frame', 'p99 frame ms', 'tasks > 50 ms', 'longest ms'], rows)
  } finally {
    await browser.close()
    await api.close()
  }
}
