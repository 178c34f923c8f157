/// <reference lib="dom" />
import { describe, expect, it } from 'vitest'
import { openRunPages, part, text } from '../kit/runPages.ts'
import { at, historyPoint, metrics, runWorker, timing } from '../kit/sampleConsole.ts'
import { controllerStep, findMax, findMaxStep, qpsController, resultArrivals } from '../kit/sampleLoad.ts'
import { runDetail, runPlan, runResult, runUpdate } from '../kit/sampleRunDetail.ts'

const pages = openRunPages()

describe('the find max panel', () => {
  const plan = runPlan({}, { mode: 'FIND_MAX_CONCURRENCY', targetConnections: null })

  it('counts down to the end of the step and tells its next targets, then shows the step in the table', async () => {
    const step = findMaxStep({ stepNumber: 2, targetConnections: 15, nextIfGood: 25, nextIfBad: 10 })
    const searching = runDetail({
      id: '01SEARCH',
      plan,
      timing: timing({ serverNow: at(20), measurementEndsAt: null }),
      controller: { findMax: findMax({ step, steps: [controllerStep(1, 5)], lastGood: 5 }), qps: null },
    })
    const page = await pages.open(searching)
    expect(await text(page, 'find-max-next')).toBe('25 if it holds, 10 if not')
    expect(await page.locator(part('find-max-step')).count()).toBe(1)
    const countdown = (): Promise<string> => text(page, 'find-max-countdown')
    const first = await countdown()
    expect(first).toMatch(/^0:[01]\d$/)
    await page.waitForFunction(
      ([selector, before]) => (document.querySelector(selector as string)?.textContent ?? '') !== before,
      [part('find-max-countdown'), first],
    )
    expect((await countdown()) < first).toBe(true)
    const next = findMaxStep({ stepNumber: 3, targetConnections: 25, startedAt: at(37), observedFrom: null, endsAt: null })
    pages.api().tell(
      runUpdate(searching, {
        timing: timing({ serverNow: at(38), measurementEndsAt: null }),
        controller: { findMax: findMax({ step: next, steps: [controllerStep(1, 5), controllerStep(2, 15)], lastGood: 15 }), qps: null },
      }),
    )
    await page.waitForSelector(`${part('find-max-now')}[data-step="3"]`)
    expect(await text(page, 'find-max-now')).toContain('Opening connections')
    expect(await page.locator(`${part('find-max-step')}[data-connections="15"]`).count()).toBe(1)
  })

  it('says what the search found, and whether the database was the limit', async () => {
    const steps = [controllerStep(1, 5), controllerStep(2, 15), controllerStep(3, 25, { outcome: 'LATENCY_RISE' })]
    const result = { connections: 15, workers: 1, qps: 1_500, p50Ms: 1, p95Ms: 2, p99Ms: 4, errorRate: 0, stepNumber: 2 }
    const page = await pages.open(
      runDetail({
        id: '01FOUND',
        plan,
        status: 'COMPLETED',
        phase: 'COMPLETED',
        completionReason: 'FIND_MAX_DONE',
        timing: timing({ endedAt: at(110) }),
        aggregateMetrics: metrics(),
        result: runResult(),
        workers: [runWorker({ status: 'COMPLETED', standing: 'LOST' })],
        controller: {
          findMax: findMax({
            steps,
            firstBad: 25,
            lastGood: 15,
            result: { ...result, maxType: 'TRUE_MAX', isConfirmed: true, reason: 'p95 rose' },
          }),
          qps: null,
        },
      }),
    )
    expect(await text(page, 'find-max-verdict')).toMatch(/^15 connections True maximum, confirmed 1\.50 k\/s on 1 worker .* p95 rose\.$/)
    expect(await page.locator(part('run-reason')).count()).toBe(0)
    expect(await text(page, 'figures-scope')).toBe('Best step, 15 connections, 25 s')
    expect(await page.locator(part('metric-qps')).getAttribute('data-value')).toBe('1500')
    expect(await text(page, 'all-steps')).toContain('all steps together')
    expect(
      await page
        .locator(`${part('worker-worker-0')} .figures`)
        .first()
        .getAttribute('title'),
    ).toMatch(/^While it lived: /)
    const saved = page.waitForEvent('download')
    await page.locator(part('find-max')).locator(part('csv')).click()
    expect((await saved).suggestedFilename()).toBe('Sample-1-find-max.csv')
    const place = () => page.evaluate(() => location.pathname + location.search) as unknown as Promise<string>
    await page.locator(`${part('find-max-step')}[data-connections="15"] a`).click()
    await page.waitForURL(/executions/)
    expect(await place()).toBe('/runs/01FOUND/executions?from=40&to=65&counted=yes')
    await page.goBack()
    await page.locator(`${part('find-max')} .curve`).focus()
    for (const key of ['End', 'Enter']) await page.keyboard.press(key)
    await page.waitForURL(/executions/)
    expect(await place()).toBe('/runs/01FOUND/executions?from=70&to=95&counted=yes')
  })
})

describe('the panel of an arrival rate', () => {
  const plan = runPlan({}, { mode: 'QPS', targetQps: 2_000, targetConnections: null })
  const arrivals = {
    planned: 2_000,
    started: 1_960,
    late: 30,
    missed: 10,
    waiting: 7,
    serviceP50Ms: 0.8,
    serviceP95Ms: 1.6,
    serviceP99Ms: 2.2,
    clockErrorP99Ms: 0.2,
  }

  it('shows what is achieved, late, missed and waiting, and service times beside response times', async () => {
    const controller = {
      findMax: null,
      qps: qpsController({ recent: [controllerStep(1, 12, { purpose: null, reason: 'Little’s law asks for 12' })] }),
    }
    const detail = runDetail({
      id: '01RATE',
      plan,
      controller,
      timing: timing({ serverNow: at(20) }),
      history: [historyPoint(6, { arrivals }), historyPoint(7, { arrivals })],
    })
    const page = await pages.open(detail)
    const soFar = resultArrivals({ planned: 4_000, started: 3_980, late: 60, missed: 20, achievedRate: 1_990 })
    pages.api().tell(runUpdate(detail, { arrivals: soFar, timing: timing({ serverNow: at(21) }) }))
    await page.waitForSelector(`${part('qps-controller')} :text("1.99 k/s")`)
    const panel = await text(page, 'qps-controller')
    for (const words of [
      'Target 2.00 k/s',
      'Achieved 1.99 k/s · 99.5 %',
      'Late 60 · 1.50 %',
      'Missed 20 · 0.50 %',
      'Waiting 7',
      'Connections 12 of 40',
    ]) {
      expect(panel).toContain(words)
    }
    expect(panel).toContain('Little’s law asks for 12')
    expect(await text(page, 'metric-p95')).toContain('service 1.60 ms')
  })
})

describe('the console with a controller', () => {
  pages.complainOfNothing()
})
