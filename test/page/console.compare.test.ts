/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SeriesQuestion } from '../../client/src/api/documents/compareDocuments.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { comparedAnswers } from '../kit/comparedRuns.ts'
import { answerSeries, comparedCase } from '../kit/comparedSeries.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { openFeed } from '../kit/feed.ts'
import { part, text } from '../kit/runPages.ts'

const CASES = [
  comparedCase(0, { measuredSeconds: 3_600 }),
  comparedCase(1, { measuredSeconds: 1_800 }),
  comparedCase(2, { status: 'FAILED', measuredSeconds: 900 }),
]
const OTHERS = [
  comparedCase(3, { deletedAt: '2026-01-02T12:00:00Z', isPinned: true }),
  comparedCase(4, { found: 21 }),
  comparedCase(5, { found: 6 }),
]
const ALL = [...CASES, ...OTHERS]
/** What the run under way has come to. */
let going = comparedCase(6, { status: 'RUNNING', measuredSeconds: 3, qps: 5_000 })
const changes = openFeed<{ readonly id: string }>()
const IDS = CASES.map(run => run.id)
const asked: SeriesQuestion[] = []
let api: ConsoleApi
let browser: TestBrowser

beforeAll(async () => {
  api = await startConsoleApi({
    ...comparedAnswers(ALL, asked),
    compareRuns: (question: Parameters<ReturnType<typeof comparedAnswers>['compareRuns']>[0]) =>
      comparedAnswers([...ALL, going]).compareRuns(question),
    series: (question: SeriesQuestion) => {
      asked.push(question)
      return answerSeries([...ALL, going])(question)
    },
    runsChanged: () =>
      changes.follow(({ id }) => ({
        runsChanged: { id, status: 'COMPLETED', phase: 'COMPLETED', name: 'checkout-mixed', changedAt: '2026-01-01T13:00:00Z' },
      })),
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  changes.end()
  await api?.close()
})

const open = async (query: string): Promise<Page> => {
  const page = await browser.page()
  await page.goto(`${api.url}/compare${query}`)
  return page
}
const inUrl = (page: Page, key: string): string | null => new URL(page.url()).searchParams.get(key)

describe('the comparison', () => {
  it('begins with a choice of runs, and shows those that were chosen', async () => {
    const page = await open('')
    const box = page.locator(`${part('choice-01COMPARED1')} input`)
    await box.click()
    expect(await box.isChecked()).toBe(true)
    expect(await text(page, 'chooser-hint')).toBe('Choose at least one more.')
    await page.locator(part('choice-01COMPARED0')).click()
    await page.locator(part('compare-chosen')).click()
    await page.waitForSelector(part('chip-01COMPARED1'))
    expect(inUrl(page, 'ids')).toBe('01COMPARED1,01COMPARED0')
    expect(await text(page, 'chip-01COMPARED1')).toContain('Baseline')
    await page.locator(`${part('chip-01COMPARED0')} .make`).click()
    await page.waitForSelector(`${part('chip-01COMPARED0')} .is-baseline`)
    expect(inUrl(page, 'baseline')).toBe('01COMPARED0')
  })

  it('lists pinned runs first, of which one is the baseline', async () => {
    const page = await open('')
    await page.waitForSelector(part('choice-01COMPARED1'))
    expect(await page.locator('[data-testid^="choice-"]').first().getAttribute('data-testid')).toBe('choice-01COMPARED3')
    for (const id of ['01COMPARED1', '01COMPARED3']) await page.locator(part(`choice-${id}`)).click()
    await page.locator(part('compare-chosen')).click()
    await page.waitForSelector(`${part('chip-01COMPARED3')} .is-baseline`)
    expect(inUrl(page, 'baseline')).toBe('01COMPARED3')
    expect(await text(page, 'chip-01COMPARED3')).toContain('Deleted')
    expect(await page.locator(part('chip-deleted')).count()).toBe(1)
  })

  it('shows a run under way so far, and reads all of it anew when it is over', async () => {
    const page = await open(`?ids=01COMPARED0,${going.id}`)
    await page.waitForSelector(`${part('chart-qps')} canvas`)
    expect(await text(page, `chip-${going.id}`)).toContain('Running so far')
    expect(await text(page, 'table-figures')).toContain('of #47 so far')
    expect(await text(page, 'row-QPS')).toContain('5.00 k/s')
    asked.length = 0
    going = comparedCase(6, { measuredSeconds: 60, qps: 9_000 })
    changes.tell({ id: going.id })
    await expect.poll(() => text(page, 'row-QPS')).toContain('9.00 k/s')
    expect(await text(page, `chip-${going.id}`)).not.toContain('so far')
    expect(await text(page, 'table-figures')).not.toContain('so far')
    await expect.poll(() => asked.some(each => each.fromSeconds == null && each.metrics.includes('QPS'))).toBe(true)
  })

  it('says that the address names more than five runs, and what two searches found', async () => {
    const page = await open(`?ids=${ALL.map(run => run.id)}`)
    expect(await text(page, 'left-out')).toBe('Five runs at most are compared: the last that the address names is left out.')
    await page.goto(`${api.url}/compare?ids=01COMPARED4,01COMPARED5`)
    expect(await text(page, 'row-Most connections that held')).toContain('21 6')
    expect(await text(page, 'row-Kind of maximum')).toContain('True max True max')
    expect(await page.locator(`${part('table-find-max')} .best-word`).count()).toBe(2)
    expect(await page.locator(part('left-out')).count()).toBe(0)
  })

  it('reads nothing of a run that is over, and has a way on where a run is not known', async () => {
    const page = await open(`?ids=${IDS}`)
    const canvas = page.locator(`${part('chart-qps')} canvas`)
    await canvas.scrollIntoViewIfNeeded()
    const width = (await canvas.boundingBox())?.width ?? 0
    await canvas.hover({ position: { x: width * 0.8, y: 100 }, force: true })
    const tip = page.locator(`${part('chart-qps')} ${part('hover-tip')} tbody tr`)
    await expect
      .poll(() =>
        tip
          .locator('td')
          .allTextContents()
          .then(cells => cells.map(cell => cell.trim() === '—')),
      )
      .toEqual([false, true, true])
    await page.goto(`${api.url}/compare?ids=${IDS[0]},${IDS[1]},nonsense`)
    await page.locator(part('leave-out')).click()
    await page.waitForSelector(part('chip-01COMPARED1'))
    expect(inUrl(page, 'ids')).toBe('01COMPARED0,01COMPARED1')
  })

  it('tells the verdicts, why a failed run has none, the best figures and what is set differently', async () => {
    const page = await open(`?ids=${IDS}`)
    await page.waitForSelector(`${part('verdict-QPS')} [data-outcome="BETTER"]`)
    expect(await text(page, 'verdict-QPS')).toContain('Faster #42 +9.00 %')
    expect(await page.locator('[data-testid^="not-comparable-"]').textContent()).toContain('The run failed after 120 s.')
    expect(await page.locator(`${part('row-QPS')} .best-word`).count()).toBe(1)
    expect(await page.locator(`${part('table-configuration')} tbody tr`).count()).toBe(2)
    await page.locator(`${part('differences-only')} input`).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="table-configuration"] tbody tr').length === 5)
    expect(inUrl(page, 'settings')).toBe('all')
  })

  it('zooms and pans all charts together, reads the stretch anew, and keeps it in the URL', async () => {
    asked.length = 0
    const page = await open(`?ids=${IDS}&view=multiples&from=600&to=900`)
    await page.waitForSelector(`${part('chart-latency')} canvas`)
    expect(await page.locator(`${part('plots')} canvas`).count()).toBe(2 * IDS.length)
    await expect.poll(() => asked.some(each => each.fromSeconds === 300 && each.toSeconds === 1_200)).toBe(true)
    expect(asked.every(each => each.maxPoints !== null)).toBe(true)
    await page.locator(part('zoom-later')).click()
    await expect.poll(() => inUrl(page, 'from')).toBe('675')
    await page.locator(part('plots')).focus()
    await page.keyboard.press('0')
    await expect.poll(() => inUrl(page, 'from')).toBeNull()
  })

  it('hides runs, changes scale and metrics, all of it in the URL', async () => {
    const page = await open(`?ids=${IDS}`)
    await page.locator(`${part('show-run-01COMPARED2')} input`).click()
    await page.locator(`${part('log-scale')} input`).click()
    await page.locator(part('metric-chip-cpu')).click()
    await page.locator(`${part('percentile-p99')} input`).click()
    await page.waitForSelector(`${part('chart-cpu')} canvas`)
    const words = Object.fromEntries(new URL(page.url()).searchParams)
    expect(words).toMatchObject({ hidden: '01COMPARED2', scale: 'log', metrics: 'qps latency cpu', percentiles: 'p95 p99' })
    await page.locator(part('more-verdicts')).click()
    await page.locator(part('method')).click()
    await page.locator(`${part('table-workers')} ${part('tab-p95')}`).click()
    await page.reload()
    await page.waitForSelector(part('verdict-MEAN'))
    expect(await page.locator(part('method-text')).isVisible()).toBe(true)
    expect(await page.locator(`${part('table-workers')} ${part('tab-p95')}`).getAttribute('aria-pressed')).toBe('true')
  })

  it('exports every interval of a chart, not only those that are drawn', async () => {
    const page = await open(`?ids=${IDS.slice(0, 2)}`)
    await page.waitForSelector(`${part('chart-qps')} canvas`)
    const saved = page.waitForEvent('download')
    await page.locator(`${part('chart-qps')} ${part('csv')}`).click()
    const lines = readFileSync(await (await saved).path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines).toHaveLength(1 + 3_630 + 1_830)
    expect(asked.at(-1)?.maxPoints ?? null).toBeNull()
  })

  it('makes no script complain', () => {
    expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
  })
})
