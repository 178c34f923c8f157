/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type Cable, layCable } from '../kit/cable.ts'
import { until } from '../kit/processes.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'

let kit: RunKit
let browser: TestBrowser
let cable: Cable

const LOAD = { targetConnections: 2, warmupSeconds: 1, durationSeconds: 4 }
const part = (name: string): string => `[data-testid="${name}"]`
const figure = async (page: Page, name: string): Promise<number> => Number(await page.locator(part(name)).getAttribute('data-value'))
const untilStatus = (page: Page, status: string): Promise<unknown> => page.waitForSelector(`${part('run-status')}[data-status="${status}"]`)
const untilElapsed = (page: Page, seconds: number): Promise<unknown> =>
  page.waitForFunction(
    ([selector, least]) => Number(document.querySelector(selector as string)?.getAttribute('data-last-elapsed')) >= Number(least),
    [part('run-page'), seconds],
  )

beforeAll(async () => {
  kit = await openRunKit()
  browser = await openBrowser()
  cable = await layCable(kit.server.port)
})
afterAll(async () => {
  await browser?.close()
  await cable?.close()
  await kit?.close()
})

describe('the console', () => {
  it('goes from the template list to a live chart in two clicks, and ends with the figures of the API', async () => {
    await kit.createTemplate({ name: 'Two clicks', load: LOAD })
    const page = await browser.page()
    await page.goto(kit.server.url)
    const row = page.locator(part('template-row'), { hasText: 'Two clicks' })
    await row.locator(part('run-template')).click()
    await page.locator(part('start-run')).first().click()
    await untilElapsed(page, 1)
    expect(await page.locator(`${part('chart-throughput')} canvas`).count()).toBeGreaterThan(0)
    expect(await page.locator(part('worker-worker-0')).count()).toBe(1)
    await untilStatus(page, 'COMPLETED')
    await page.waitForSelector(part('result'))
    const { result } = await kit.read(page.url().split('/').at(-1) ?? '')
    expect(result?.totalOperations).toBeGreaterThan(0)
    await page.waitForFunction(
      ([selector, qps]) => Number(document.querySelector(selector as string)?.getAttribute('data-value')) === qps,
      [part('metric-qps'), result?.qps],
    )
    expect(await figure(page, 'metric-p95')).toBe(result?.p95Ms)
    expect(await figure(page, 'metric-p99')).toBe(result?.p99Ms)
  })

  it('stops a run after it was asked to confirm, and says so in a second tab as well', async () => {
    const runId = await kit.prepare({ durationSeconds: 60 }, { name: 'To be stopped', load: LOAD })
    const page = await browser.page()
    const other = await browser.page()
    for (const tab of [page, other]) await tab.goto(`${kit.server.url}/runs/${runId}`)
    await page.locator(part('start-run')).first().click()
    await untilElapsed(other, 2)
    await page.locator(part('stop-run')).click()
    await page.locator(part('confirm-stop')).click()
    for (const tab of [page, other]) {
      await untilStatus(tab, 'CANCELLED')
      await tab.waitForSelector(part('run-reason'))
    }
  })

  it('catches up after ten seconds offline: it says that it is, and then shows every second', async () => {
    const runId = await kit.prepare({ durationSeconds: 25 }, { name: 'Offline', load: LOAD })
    const page = await browser.page()
    await page.goto(`http://127.0.0.1:${cable.port}/runs/${runId}`)
    await page.locator(part('start-run')).first().click()
    await untilElapsed(page, 3)
    cable.pull()
    const atPull = await kit.record(runId)
    await page.waitForSelector(`${part('connection-state')}:not([data-state="CONNECTED"])`)
    await page.waitForFunction(selector => Number(document.querySelector(selector)?.getAttribute('data-age-seconds')) > 3, part('data-age'))
    await until(
      'ten seconds have passed',
      async () => (await kit.record(runId)).nowMs - atPull.nowMs,
      passedMs => passedMs >= 10_000,
    )
    cable.plug()
    await untilElapsed(page, 16)
    expect(await page.locator(part('connection-state')).getAttribute('data-state')).toBe('CONNECTED')
    const lastElapsed = Number(await page.locator(part('run-page')).getAttribute('data-last-elapsed'))
    const points = Number(await page.locator(part('run-page')).getAttribute('data-points'))
    expect(points).toBeGreaterThanOrEqual(Math.floor(lastElapsed))
    await kit.stop(runId)
    await untilStatus(page, 'CANCELLED')
  })

  it('says at the field what is wrong with a tag, and forgets it when one begins anew', async () => {
    const runId = await kit.prepare({}, { name: 'To be named', load: LOAD })
    const page = await browser.page()
    await page.goto(`${kit.server.url}/runs/${runId}`)
    const open = async (): Promise<void> => {
      await page.click(part('run-menu'))
      await page.click(part('annotate-run'))
    }
    await open()
    await page.fill(part('field-tags'), `nightly, ${'x'.repeat(41)}`)
    await page.click(part('save-annotation'))
    expect(await page.locator(part('problem-tags')).textContent()).toMatch(/^A tag has at most 40 characters; .* has 41$/)
    expect(await page.locator(part('toast')).count()).toBe(0)
    await page.keyboard.press('Escape')
    await page.waitForSelector(part('save-annotation'), { state: 'hidden' })
    await open()
    await page.fill(part('field-tags'), 'nightly')
    expect(await page.locator(part('problem-tags')).count()).toBe(0)
    await page.click(part('save-annotation'))
    await page.waitForSelector(part('save-annotation'), { state: 'hidden' })
    await page.close()
  })

  it('says why a run failed, and what to do', async () => {
    const runId = await kit.prepare({}, { name: 'No such table', target: { table: 'nowhere' }, load: LOAD })
    const page = await browser.page()
    await page.goto(`${kit.server.url}/runs/${runId}`)
    await page.locator(part('start-run')).first().click()
    await untilStatus(page, 'FAILED')
    expect(await page.locator(part('run-reason')).textContent()).toMatch(/nowhere does not exist/)
  })

  it('lists the runs, newest first, and follows those that change', async () => {
    const page = await browser.page()
    await page.goto(`${kit.server.url}/runs`)
    await page.waitForSelector(part('history-row'))
    const runId = await kit.prepare({}, { name: 'Seen from the list', load: LOAD })
    const first = page.locator(part('history-row')).first()
    await page.waitForSelector(`${part('history-row')}[data-run="${runId}"]`)
    expect(await first.getAttribute('data-run')).toBe(runId)
    await kit.start(runId)
    await page.waitForSelector(`${part('history-row')}[data-run="${runId}"][data-status="COMPLETED"]`)
  })

  it('shows a way back from a run that does not exist', async () => {
    const page = await browser.page()
    await page.goto(`${kit.server.url}/runs/01AAAAAAAAAAAAAAAAAAAAAAAA`)
    await page.waitForSelector(part('run-missing'))
  })

  it('makes no script complain', () => {
    expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
  })
})
