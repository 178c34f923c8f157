/// <reference lib="dom" />
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface AxeChoice {
  /** Only these rules. */
  readonly rules?: readonly string[]
  /** Only what is within the first element that this selects. */
  readonly within?: string
}

/** What is seriously or critically wrong with what is shown, one line an element, when nothing moves any more. */
export const seriousViolations = async (page: Page, { rules, within }: AxeChoice = {}): Promise<readonly string[]> => {
  await page.waitForFunction(() => document.getAnimations().every(animation => animation.playState !== 'running'))
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(AXE, 'utf8'))
  const { violations } = await page.evaluate(
    ([only, selector]): Promise<AxeResults> =>
      (window as unknown as { axe: { run(where: Node, options: object): Promise<AxeResults> } }).axe.run(
        (selector === null ? null : document.querySelector(selector)) ?? document,
        { resultTypes: ['violations'], ...(only === null ? {} : { runOnly: { type: 'rule', values: only } }) },
      ),
    [rules ?? null, within ?? null] as const,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary?.split('\n').at(1)?.trim()}`),
    )
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number
  readonly hadRecentInput: boolean
}

/** Has every page that is opened from now on add up how far its parts were moved while they could be seen. */
export const watchShifts = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const told = window as unknown as { shifts: number }
    told.shifts = 0
    new PerformanceObserver(list => {
      for (const entry of list.getEntries() as LayoutShift[]) if (!entry.hadRecentInput) told.shifts += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
}

/** The sum until now, when two more frames were drawn. */
export const readShifts = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    for (const _ of [1, 2]) await new Promise(resolve => requestAnimationFrame(resolve))
    return (window as unknown as { shifts: number }).shifts
  })
