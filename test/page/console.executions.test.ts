/// <reference lib="dom" />
import { describe, expect, it } from 'vitest'
import { openRunPages, part, text } from '../kit/runPages.ts'
import { at, metrics, plannedOperation, runWorker, timing } from '../kit/sampleConsole.ts'
import { runDetail, runPlan, runResult } from '../kit/sampleRunDetail.ts'
import { type ExecutionQuestion, execution, executionPages, executionsKept, type RunParts } from '../kit/sampleRunParts.ts'

const pages = openRunPages()

const SQL = 'SELECT total FROM orders WHERE id = $1'
const detail = (id: string) =>
  runDetail({
    id,
    status: 'COMPLETED',
    phase: 'COMPLETED',
    plan: runPlan({ operations: [plannedOperation({ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', sql: SQL })] }),
    timing: timing({ serverNow: at(80), endedAt: at(70) }),
    aggregateMetrics: metrics(),
    result: runResult(),
    workers: [runWorker({ status: 'COMPLETED' })],
  })
const all = Array.from({ length: 1_000 }, (_, number) =>
  execution(number, { workerId: `worker-${number % 2}`, queryId: number === 0 ? 'query-0' : null }),
)
const parts = (asked: ExecutionQuestion[]): Partial<RunParts> => ({
  executionsKept: executionsKept({ state: 'COMPLETE', loaded: 1_000, expected: 1_000 }),
  statements: [{ operationIndex: 0, kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', sql: SQL }],
  executions: executionPages(all, asked),
})
/** The page of a run's executions, without the run's page before it. */
const open = async (id: string, query: string, kept: Partial<RunParts>) => {
  const page = await pages.open(detail(id), '', kept)
  await page.goto(`${pages.api().url}/runs/${id}/executions${query}`)
  await page.waitForSelector(part('executions-kept'))
  return page
}

describe('the executions of a run', () => {
  it('are read page by page as one scrolls, and few of them are drawn', async () => {
    const asked: ExecutionQuestion[] = []
    const page = await open('01PAGES', '', parts(asked))
    await page.waitForSelector(part('execution'))
    await page.waitForFunction(() => {
      scrollTo(0, document.body.scrollHeight)
      return Number(document.querySelector('[data-testid="executions-page"]')?.getAttribute('data-rows')) === 1_000
    })
    expect(asked.map(question => question.after ?? null).slice(0, 3)).toEqual([null, 'worker-0.1.99', 'worker-0.1.199'])
    expect(asked).toHaveLength(10)
    expect(await page.locator(part('execution')).count()).toBeLessThan(120)
    await page.waitForSelector('[data-id="worker-0.1.999"]')
    await page.close()
  })

  it('are filtered and ordered by what the URL says, and change it', async () => {
    const asked: ExecutionQuestion[] = []
    const page = await open('01FILTERS', '?worker=worker-1&sort=-response', parts(asked))
    await page.waitForSelector('[data-id="worker-0.1.999"]')
    expect(asked.at(-1)).toMatchObject({ filter: { workerIds: ['worker-1'] }, sort: { field: 'RESPONSE', direction: 'DESC' } })
    await page.fill(part('filter-response-to'), '1.5')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-id="worker-0.1.499"]')
    await page.click(part('sort-RESPONSE'))
    await page.waitForSelector('[data-id="worker-0.1.1"]')
    expect(new URL(page.url()).search).toBe('?worker=worker-1&max=1.5&sort=response')
    await page.click(part('clear-filters'))
    await page.waitForSelector('[data-id="worker-0.1.0"]')
    expect(new URL(page.url()).search).toBe('?sort=response')
    await page.close()
  })

  it('open with all that is known, and by keys the next one', async () => {
    const page = await open('01DETAIL', '', parts([]))
    await page.locator('[data-id="worker-0.1.0"]').click()
    expect(await text(page, 'execution-sql')).toBe(SQL)
    expect(await text(page, 'execution-detail')).toContain('query-0')
    await page.keyboard.press('ArrowDown')
    await page.waitForSelector(`${part('execution-detail')} :text("worker-0.1.1")`)
    expect(new URL(page.url()).search).toBe('?open=worker-0.1.1')
    await page.keyboard.press('Escape')
    await page.waitForSelector(part('execution-detail'), { state: 'detached' })
    await page.waitForURL(/executions$/)
    await page.close()
  })

  it('open from an address, further down too, and stay open while the others are ordered otherwise', async () => {
    const page = await open('01ADDRESS', '?open=worker-0.1.250', parts([]))
    await page.waitForSelector(`${part('execution-detail')} :text("worker-0.1.250")`)
    expect(await page.getAttribute(part('executions-page'), 'data-rows')).toBe('300')
    await page.click(part('sort-RESPONSE'))
    await page.waitForURL('**/executions?sort=-response&open=worker-0.1.250')
    await page.waitForSelector(`${part('execution-detail')} :text("worker-0.1.250")`)
    await page.close()
  })

  it('are explained where they are not all there', async () => {
    const differences = [
      { workerId: 'worker-1', phase: 'MEASUREMENT' as const, label: 'POINT_LOOKUP', counted: 600, loaded: 500, why: 'its spool was full' },
    ]
    const incomplete = executionsKept({ state: 'INCOMPLETE', loaded: 900, expected: 1_000, dropped: 100, differences })
    const page = await open('01LOST', '', { ...parts([]), executionsKept: incomplete })
    expect(await text(page, 'executions-kept')).toContain('900 executions of 1,000 (90.0 %) are kept; 100 were dropped by workers.')
    await page.click(part('kept-details'))
    expect(await text(page, 'executions-kept')).toContain('Its spool was full.'.slice(1))
    const none = await open('01REMOVED', '', { ...parts([]), executionsKept: executionsKept({ state: 'REMOVED', expected: 1_000 }) })
    expect(await text(none, 'executions-kept')).toContain('Removed.')
    expect(await none.locator(part('executions')).count()).toBe(0)
    for (const each of [page, none]) await each.close()
  })
})

describe('the page of the executions', () => {
  pages.complainOfNothing()
})
