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

  it('say of each filter that it is there, and how to take it away', async () => {
    const asked: ExecutionQuestion[] = []
    const page = await open(
      '01LABELS',
      '?label=POINT_LOOKUP&label=RANGE_SCAN&kind=point_lookup%20range_scan&phase=processing',
      parts(asked),
    )
    await page.waitForSelector(part('filter-labels'))
    expect(await page.locator(part('filter-phase')).inputValue()).toBe('PROCESSING')
    expect(await text(page, 'filter-labels')).toContain('Point lookup, Range scan')
    expect(await text(page, 'filter-kinds')).toContain('Of the kinds')
    await page.click(`${part('filter-labels')} button`)
    await page.waitForSelector(part('filter-labels'), { state: 'detached' })
    await page.click(`${part('filter-kinds')} button`)
    await page.waitForSelector(part('filter-kinds'), { state: 'detached' })
    expect(new URL(page.url()).search).toBe('?phase=processing')
    await page.close()
  })

  it('say at the field what is no number, and take ends that are turned round', async () => {
    const page = await open('01RANGES', '?max=4', parts([]))
    await page.waitForSelector(part('execution'))
    await page.fill(part('filter-response-from'), 'abc')
    await page.keyboard.press('Enter')
    expect(await text(page, 'problem-response')).toBe('Not used: “abc” is no number from 0 up')
    expect(new URL(page.url()).search).toBe('?max=4')
    await page.fill(part('filter-response-from'), '5')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/executions?min=4&max=5')
    expect(await page.locator(part('problem-response')).count()).toBe(0)
    expect(await page.locator(part('filter-response-from')).inputValue()).toBe('4')
    await page.close()
  })

  it('are saved by the server, all that match, and not only those that were read', async () => {
    const page = await open('01FILE', '?worker=worker-1&max=1.5&sort=-response', parts([]))
    await page.waitForSelector(part('execution'))
    expect(await text(page, 'executions-csv')).toContain('CSV of all that match')
    const saved = page.waitForEvent('download')
    await page.click(part('executions-csv'))
    expect((await saved).suggestedFilename()).toBe('run.csv')
    const filter = { workerIds: ['worker-1'], maxResponseMs: 1.5 }
    const args = { id: '01FILE', format: 'CSV', executions: true, filter, sort: { field: 'RESPONSE', direction: 'DESC' } }
    expect(pages.api().keepings.filter(({ args: { id } }) => id === '01FILE')).toEqual([{ name: 'exportRun', args }])
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
