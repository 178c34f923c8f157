/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openRunPages, part, text } from '../kit/runPages.ts'
import { at, historyPoint, metrics, plannedOperation, runWorker, timing } from '../kit/sampleConsole.ts'
import { runDetail, runPlan, runResult, runUpdate } from '../kit/sampleRunDetail.ts'
import {
  type ExecutionQuestion,
  enrichment,
  errorGroup,
  execution,
  executionPages,
  executionsKept,
  runFigures,
  sliceFigures,
} from '../kit/sampleRunParts.ts'

const pages = openRunPages()

const POINT = plannedOperation({ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', sql: 'SELECT 1 WHERE id = $1', weight: 80 })
const UPDATE = plannedOperation({ kind: 'UPDATE', label: 'UPDATE', operationType: 'WRITE', sql: 'UPDATE o SET a = $1', weight: 20 })
const over = (id: string) =>
  runDetail({
    id,
    status: 'COMPLETED',
    phase: 'COMPLETED',
    plan: runPlan({ operations: [POINT, UPDATE] }),
    timing: timing({ serverNow: at(80), endedAt: at(70), elapsedSeconds: 70 }),
    aggregateMetrics: metrics(),
    result: runResult({ clientLimitedSeconds: 6 }),
    workers: [runWorker({ status: 'COMPLETED' })],
    history: Array.from({ length: 65 }, (_, second) => historyPoint(second + 1, { phase: second < 5 ? 'WARMUP' : 'MEASUREMENT' })),
  })
const figures = runFigures({
  slices: [
    sliceFigures(),
    sliceFigures({ slice: 'KIND', name: 'POINT_LOOKUP', plannedPercent: 80, achievedPercent: 80.1 }),
    sliceFigures({ slice: 'KIND', name: 'UPDATE', plannedPercent: 20, achievedPercent: 19.9 }),
    sliceFigures({ slice: 'WORKER', name: 'worker-0' }),
  ],
  errorGroups: [errorGroup()],
})
const heatMap = {
  columnEdgesSeconds: [0, 20, 40, 65],
  bandEdgesMs: [1, 2, 4, 8],
  columns: [{ counts: [50, 0, 1] }, { counts: [40, 9, 0] }, { counts: [60, 0, 0] }],
}
const curve = [0, 50, 90, 99, 99.9, 100].map((percent, place) => ({ percent, valueMs: 1 + place, count: 60 * percent }))
const kept = executionsKept({ state: 'COMPLETE', loaded: 250, expected: 250 })

const path = (page: Page): string => page.evaluate(() => location.pathname + location.search) as unknown as string
/** Brings it into sight, so that its panel asks for what it shows. */
const reach = async (page: Page, name: string): Promise<void> => {
  await page.waitForFunction(selector => {
    const found = document.querySelector(selector)
    if (found === null) scrollBy(0, 300)
    return found !== null
  }, part(name))
  await page.locator(part(name)).first().scrollIntoViewIfNeeded()
}

describe('the processing of a run', () => {
  it('is told step by step until the run is over', async () => {
    const detail = runDetail({ id: '01PROCESSING', phase: 'PROCESSING', processing: { step: 'EXECUTIONS', done: 0, total: null } })
    const page = await pages.open(detail)
    expect(await text(page, 'processing')).toContain('Loading executions')
    const processing = { step: 'EXECUTIONS' as const, done: 120_000, total: 500_000 }
    pages.api().tell(runUpdate(detail, { phase: 'PROCESSING', processing, timing: timing({ serverNow: at(70) }) }))
    await page.waitForSelector(`${part('processing')} [role="progressbar"][aria-valuenow="24"]`)
    expect(await text(page, 'processing')).toBe('Loading executions 120,000 of 500,000 step 1 of 3')
    expect(await page.locator(part('stop-run')).count()).toBe(0)
    expect(await text(page, 'skip-processing')).toBe('Skip processing')
    await page.close()
  })
})

describe('a run that is over', () => {
  it('shows its figures by slice, and saves them', async () => {
    const page = await pages.open(over('01FIGURES'), '', { figures, executionsKept: kept })
    await reach(page, 'figures')
    expect(await text(page, 'figures-KIND-UPDATE')).toMatch(/^Update 20\.0 % 19\.9 % 6,000 /)
    expect(await text(page, 'figures')).toContain('client-limited 10.0 % of the time')
    await page.click(part('tab-WORKER'))
    await page.waitForSelector(part('figures-WORKER-worker-0'))
    expect(await path(page)).toBe('/runs/01FIGURES?by=worker')
    const saved = page.waitForEvent('download')
    await page.locator(part('figures')).locator(part('csv')).click()
    expect((await saved).suggestedFilename()).toBe('Sample-1-figures.csv')
    await page.close()
  })

  it('saves every interval of a chart, more than are drawn', async () => {
    const history = Array.from({ length: 1_000 }, (_, second) => historyPoint(second + 1))
    const page = await pages.open({ ...over('01INTERVALS'), history })
    expect(await page.getAttribute(part('run-page'), 'data-points')).toBe('900')
    const saved = page.waitForEvent('download')
    await page.locator(part('chart-latency')).locator(part('csv')).click()
    expect((await saved).suggestedFilename()).toBe('Sample-1-response-time.csv')
    const lines = readFileSync(await (await saved).path(), 'utf8')
      .trim()
      .split('\r\n')
    expect(lines).toHaveLength(1 + 1_000)
    expect(lines[0]).toMatch(/^elapsed_seconds,interval_seconds,phase,operations,client_limited,p50_ms,/)
    await page.close()
  })

  it('leads from an error to its executions', async () => {
    const asked: ExecutionQuestion[] = []
    const failed = execution(7, { success: false, errorCategory: 'LOCK', error: 'deadlock detected', errorGroup: 'group-1' })
    const page = await pages.open(over('01ERRORS'), '', {
      figures,
      executionsKept: kept,
      executions: executionPages([execution(1), failed], asked),
    })
    await reach(page, 'error-groups')
    await page.locator(part('error-group-group-1')).locator('button').click()
    expect(await text(page, 'error-groups')).toContain('process 4711 waits')
    await page.locator(part('error-group-group-1')).locator('a').click()
    await page.waitForSelector(part('execution'))
    expect(await page.locator(part('execution')).count()).toBe(1)
    expect(await text(page, 'filter-group')).toContain('deadlock detected')
    expect(asked.at(-1)?.filter).toEqual({ success: false, errorGroup: 'group-1' })
    await page.close()
  })

  it('leads by keyboard from a moment of a chart, and from a cell of the heat map, to their executions', async () => {
    const page = await pages.open(over('01MOMENT'), '', { heatMap, percentileCurve: () => curve, executionsKept: kept })
    const chart = page.locator(`${part('chart-throughput')} .plot`)
    await chart.focus()
    for (const key of ['Home', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
    await page.waitForURL(/executions/)
    expect(await path(page)).toBe('/runs/01MOMENT/executions?from=1&to=2&counted=yes')
    await page.goBack()
    await reach(page, 'heat-map')
    await page.locator(`${part('heat-map')} .plot`).focus()
    for (const key of ['ArrowRight', 'ArrowUp', 'Enter']) await page.keyboard.press(key)
    await page.waitForURL(/executions/)
    expect(await path(page)).toBe('/runs/01MOMENT/executions?success=yes&min=4&max=8&from=0&to=20&counted=yes&sort=-response')
    await page.close()
  })

  it('leads by a click on a chart to the executions of that interval', async () => {
    const page = await pages.open(over('01CLICK'), '', { executionsKept: kept })
    const canvas = page.locator(`${part('chart-throughput')} canvas`)
    const box = await canvas.boundingBox()
    await canvas.click({ position: { x: 58 + ((box?.width ?? 0) - 72) / 2, y: 100 } })
    await page.waitForURL(/executions/)
    expect(await path(page)).toMatch(/^\/runs\/01CLICK\/executions\?from=3[1-3]&to=3[2-4]&counted=yes$/)
    await page.close()
  })

  it('leads from a place of the percentile curve to what took at least as long, by click as by keyboard', async () => {
    const page = await pages.open(over('01SLOWEST'), '?curves=UPDATE', { heatMap, percentileCurve: () => curve, executionsKept: kept })
    await reach(page, 'percentile-curve')
    await page.waitForSelector(`${part('percentile-curve')}[data-lines="2"]`)
    const canvas = page.locator(`${part('percentile-curve')} canvas`)
    await canvas.click({ position: { x: 62, y: 60 } })
    await page.waitForURL(/executions/)
    expect(await path(page)).toMatch(/\/executions\?(label=UPDATE&)?success=yes&min=0.999&phase=measurement&counted=yes&sort=response$/)
    await page.goBack()
    await page.waitForSelector(`${part('percentile-curve')}[data-lines="2"]`)
    await page.locator(`${part('percentile-curve')} .plot`).focus()
    for (const key of ['End', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    await page.waitForURL(/executions/)
    expect(await path(page)).toBe(
      '/runs/01SLOWEST/executions?label=UPDATE&success=yes&min=5.994&phase=measurement&counted=yes&sort=response',
    )
    await page.close()
  })

  it('leads from the errors of a second to the executions that failed so', async () => {
    const errorsByCategory = (['TIMEOUT', 'LOCK'] as const).map((category, at) => ({ category, count: [90, 10][at] ?? 0 }))
    const history = Array.from({ length: 3 }, (_, second) => historyPoint(second + 1, { errors: 100, errorsByCategory }))
    const page = await pages.open({ ...over('01FAILING'), history }, '', { executionsKept: kept })
    await reach(page, 'chart-errors')
    const canvas = page.locator(`${part('chart-errors')} canvas`)
    const box = await canvas.boundingBox()
    await canvas.click({ position: { x: 58 + ((box?.width ?? 0) - 72) / 3, y: (box?.height ?? 0) - 60 } })
    await page.waitForURL(/executions/)
    expect(await path(page)).toBe('/runs/01FAILING/executions?success=no&category=timeout&from=0&to=1&counted=yes')
    await page.close()
  })

  it('is where it was read when one comes back to it', async () => {
    const page = await pages.open(over('01BACK'), '', { figures, heatMap, percentileCurve: () => curve, executionsKept: kept })
    await reach(page, 'error-groups')
    const scrolled = () => page.evaluate(() => Math.round(scrollY)) as unknown as Promise<number>
    const before = await scrolled()
    expect(before).toBeGreaterThan(400)
    await page.locator(part('error-group-group-1')).locator('a').click()
    await page.waitForURL(/executions/)
    await expect.poll(scrolled).toBe(0)
    await page.goBack()
    await page.waitForSelector(part('error-groups'))
    await expect.poll(scrolled).toBe(before)
    await page.close()
  })

  it('shows what was recorded of a run that ended in its warmup', async () => {
    const history = [1, 2, 3].map(second => historyPoint(second, { phase: 'WARMUP' }))
    const detail = { ...over('01WARMUP'), status: 'CANCELLED' as const, history, aggregateMetrics: null, result: null }
    const warmup = runFigures({ slices: [sliceFigures({ slice: 'PHASE', name: 'WARMUP' })] })
    const page = await pages.open(detail, '', { heatMap, figures: warmup, executionsKept: kept })
    await reach(page, 'heat-map')
    await reach(page, 'figures-PHASE-WARMUP')
    await reach(page, 'open-executions')
    expect(await page.locator(part('percentile-curve')).count()).toBe(0)
    await page.close()
  })

  it('adds a statement to the percentile curve when it is asked for', async () => {
    const labels: (string | null)[] = []
    const percentileCurve = ({ label }: { readonly label?: string | null }) => {
      labels.push(label ?? null)
      return curve
    }
    const page = await pages.open(over('01CURVE'), '', { heatMap, percentileCurve })
    await reach(page, 'percentile-curve')
    expect(labels).toEqual([null])
    await page.locator(part('curve-UPDATE')).click()
    await page.waitForSelector(`${part('percentile-curve')}[data-lines="2"]`)
    expect(labels).toEqual([null, 'UPDATE'])
    await page.close()
  })

  it('says beside each figure of the server what it covers, and asks again', async () => {
    const overhead = [1, 2, 3].map(atSeconds => ({ atSeconds, executions: 100, medianMs: 0.4 }))
    const known = enrichment({ coveragePercent: 92.3, matched: 923, expected: 1_000, overhead })
    const page = await pages.open(over('01ENRICHED'), '', { enrichments: [known] })
    await reach(page, 'enrichments')
    expect(await text(page, 'coverage')).toBe('· covers 92.3 % of 1,000 executions')
    expect(await text(page, 'enrichments')).toContain('median of each second; covers 92.3 %')
    const before = pages.api().keepings.length
    await page.click(part('enrich-again'))
    await expect.poll(() => pages.api().keepings.slice(before)).toEqual([{ name: 'enrichRun', args: { id: '01ENRICHED' } }])
    await page.close()
  })

  it('loads at once what was left on disk', async () => {
    const left = executionsKept({ state: 'INCOMPLETE', expected: 1_000, unread: ['The loading was not waited for'] })
    const page = await pages.open(over('01LEFT'), '', { figures, executionsKept: left })
    await reach(page, 'executions-kept')
    const before = pages.api().keepings.length
    await page.click(part('load-executions'))
    await expect.poll(() => pages.api().keepings.slice(before)).toEqual([{ name: 'loadExecutions', args: { id: '01LEFT' } }])
    await page.close()
  })

  it('is named, pinned, carried away and deleted, the last only when one is sure', async () => {
    const page = await pages.open(over('01KEEP'), '', {})
    const before = pages.api().keepings.length
    const told = () => pages.api().keepings.slice(before)
    const choose = async (item: string): Promise<void> => {
      await page.click(part('run-menu'))
      await page.click(part(item))
    }
    await choose('annotate-run')
    await page.fill(part('field-tags'), 'nightly, index v2')
    await page.fill(part('field-annotation'), 'A note')
    await page.click(part('save-annotation'))
    await expect.poll(told).toHaveLength(1)
    await page.waitForSelector(part('save-annotation'), { state: 'hidden' })
    await choose('pin-run')
    await expect.poll(told).toHaveLength(2)
    await choose('delete-run')
    await page.click('.el-message-box :text("Keep it")')
    await page.waitForSelector('.el-message-box', { state: 'hidden' })
    await choose('delete-run')
    await page.click('.el-message-box :text("Delete the run")')
    await expect.poll(told).toEqual([
      { name: 'annotateRun', args: { id: '01KEEP', tags: ['nightly', 'index v2'], annotation: 'A note' } },
      { name: 'annotateRun', args: { id: '01KEEP', isBaseline: true } },
      { name: 'deleteRun', args: { id: '01KEEP' } },
    ])
    await page.close()
  })

  it('says at the top that it was deleted and imported, and is restored there', async () => {
    const page = await pages.open({
      ...over('01GONE'),
      deletedAt: at(75),
      importedAt: at(72),
      newestTemplateVersion: null,
      tags: ['nightly'],
    })
    expect(await text(page, 'run-deleted')).toContain('This run was deleted')
    expect(await text(page, 'run-deleted')).toContain('only the list of deleted runs still has it')
    expect(await text(page, 'run-template')).toBe('template v1, not here')
    expect(await text(page, 'run-marks')).toMatch(/Imported .* nightly/)
    await page.click(part('restore-here'))
    await expect.poll(() => pages.api().keepings.at(-1)).toEqual({ name: 'restoreRun', args: { id: '01GONE' } })
    await page.close()
  })
})

describe('the page after a run', () => {
  pages.complainOfNothing()
})
