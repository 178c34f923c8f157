/// <reference lib="dom" />
import { GraphQLError } from 'graphql'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunListFilter, RunListSort, RunRow } from '../../client/src/api/documents/runListDocuments.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { openFeed } from '../kit/feed.ts'
import { part, text } from '../kit/runPages.ts'
import { at } from '../kit/sampleConsole.ts'
import { runRow } from '../kit/sampleRunRow.ts'

interface Question {
  readonly first: number
  readonly after?: string | null
  readonly filter?: RunListFilter | null
  readonly sort?: RunListSort | null
}

const all: RunRow[] = Array.from({ length: 130 }, (_, number) =>
  runRow(`run-${number}`, {
    name: `Sample ${number}`,
    status: number === 3 ? 'FAILED' : 'COMPLETED',
    tags: number === 0 ? ['nightly'] : [],
  }),
)
const asked: Question[] = []
const done: (readonly [name: string, args: Readonly<Record<string, unknown>>])[] = []
const changes = openFeed<{ readonly id: string; readonly status: RunRow['status'] }>()
let newRuns = 0
let browser: TestBrowser
let api: ConsoleApi

const runs = (question: Question) => {
  const { first, after, filter } = question
  const isCount = first === 1
  if (!isCount) asked.push({ ...question })
  const found = all.filter(run => filter?.status == null || filter.status.includes(run.status)).filter(() => filter?.search !== 'nothing')
  const from = after == null ? 0 : found.findIndex(run => run.id === after) + 1
  const page = found.slice(from, from + first)
  return {
    totalCount: isCount ? newRuns : found.length,
    edges: page.map(node => ({ node, cursor: node.id })),
    pageInfo: { hasNextPage: from + first < found.length, endCursor: page.at(-1)?.id ?? null },
  }
}
const deed =
  (name: string, answer: unknown) =>
  (args: Readonly<Record<string, unknown>>): unknown => {
    done.push([name, { ...args }])
    return answer
  }

beforeAll(async () => {
  api = await startConsoleApi({
    runs,
    run: ({ id }: { readonly id: string }) => all.find(run => run.id === id) ?? null,
    tags: [{ name: 'nightly', count: 1 }],
    warehouseSizes: [],
    exportRuns: deed('exportRuns', { name: 'runs.csv', url: '/exports/1/runs.csv', bytes: 3 }),
    deleteRun: deed('deleteRun', all[0]),
    importRun: () => {
      throw new GraphQLError('This run is here already', { extensions: { code: 'CONFLICT', runId: 'run-7' } })
    },
    runsChanged: () =>
      changes.follow(({ id, status }) => ({ runsChanged: { id, status, phase: 'PREPARING', name: id, changedAt: at(0) } })),
  })
  browser = await openBrowser()
})
afterAll(async () => {
  changes.end()
  await browser?.close()
  await api?.close()
})

const row = (id: string): string => `${part('history-row')}[data-run="${id}"]`
const open = async (query = ''): Promise<Page> => {
  asked.length = 0
  const page = await browser.page()
  await page.goto(`${api.url}/runs${query}`)
  await page.waitForSelector(part('history-row'))
  return page
}
const search = (page: Page): string => new URL(page.url()).search

describe('the list of runs', () => {
  it('is filtered, ordered and laid out by what the URL says, and changes it', async () => {
    const page = await open('?tag=nightly&sort=tags&cols=status,name,p95,p99,tags')
    expect(asked.at(-1)).toMatchObject({ sort: { field: 'TAGS', direction: 'ASC' } })
    await page.goto(`${api.url}/runs?tag=nightly&sort=-p95&cols=status,name,p95,p99`)
    await page.waitForSelector(part('history-row'))
    expect(asked.at(-1)).toMatchObject({ filter: { tags: ['nightly'] }, sort: { field: 'P95', direction: 'DESC' } })
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toBe('p95')
    expect(await page.locator('thead th').count()).toBe(6)
    await page.click(part('sort-name'))
    await page.waitForSelector('th[aria-sort="ascending"]')
    await page.click(part('fold-statuses'))
    await page.click(part('choose-failed'))
    await page.waitForSelector(row('run-0'), { state: 'detached' })
    expect(search(page)).toBe('?status=failed&tag=nightly&sort=name&cols=status,name,p95,p99')
    expect(asked.at(-1)).toMatchObject({ filter: { status: ['FAILED'] }, sort: { field: 'NAME', direction: 'ASC' } })
    await page.click(part('clear-filters'))
    await page.waitForSelector(row('run-0'))
    await page.fill(`${part('search-runs')}`, 'nothing')
    await page.click(part('show-all-runs'))
    await page.waitForSelector(row('run-0'))
    await page.close()
  })

  it('is read page by page as one scrolls, and few of it is drawn', async () => {
    const page = await open()
    await page.waitForFunction(() => {
      const list = document.querySelector('[data-testid="history"]')
      list?.scrollTo(0, list.scrollHeight)
      return Number(list?.getAttribute('data-rows')) === 130
    })
    await page.waitForSelector(row('run-129'))
    expect(await page.locator(part('history-row')).count()).toBeLessThan(70)
    await page.close()
  })

  it('changes rows where they stand, and announces new ones to who has sorted otherwise', async () => {
    const page = await open('?sort=name')
    all[1] = runRow('run-1', { status: 'RUNNING', phase: 'MEASUREMENT' })
    changes.tell({ id: 'run-1', status: 'RUNNING' })
    await page.waitForSelector(`${row('run-1')}[data-status="RUNNING"]`)
    expect(await page.locator(`${row('run-1')} ${part('pick-run')}`).isDisabled()).toBe(true)
    expect(await page.getAttribute(`${row('run-1')} .check label`, 'title')).toMatch(/still under way/)
    // Somebody else has deleted it.
    all[2] = { ...(all[2] as RunRow), deletedAt: at(0) }
    changes.tell({ id: 'run-2', status: 'COMPLETED' })
    await page.waitForSelector(row('run-2'), { state: 'detached' })
    all[2] = { ...(all[2] as RunRow), deletedAt: null }
    newRuns = 3
    changes.tell({ id: 'new', status: 'PREPARED' })
    await page.waitForSelector(part('unseen-runs'))
    expect(await text(page, 'unseen-runs')).toBe('3 new runs · show')
    await page.click(part('unseen-runs'))
    await page.waitForSelector(part('unseen-runs'), { state: 'detached' })
    expect(search(page)).toBe('')
    await page.close()
  })

  it('is where it was when one comes back to it, and at its top when one comes anew', async () => {
    const page = await open()
    const placeOf = () => page.$eval(part('history'), list => list.scrollTop)
    await page.waitForFunction(() => {
      const list = document.querySelector('[data-testid="history"]')
      list?.scrollTo(0, 90 * 48 + 7)
      return list?.scrollTop === 90 * 48 + 7 && list.getAttribute('data-rows') === '130'
    })
    for (const id of ['run-91', 'run-92']) await page.click(`${row(id)} ${part('pick-run')}`)
    await page.click(part('compare-picked'))
    await page.waitForURL(/\/compare/)
    asked.length = 0
    await page.goBack()
    await page.waitForSelector(row('run-90'))
    expect(await placeOf()).toBe(90 * 48 + 7)
    // In one question, and not a page at a time.
    expect(asked.length).toBe(1)
    // A run that came meanwhile moves the others down, and the reader with them.
    await page.goForward()
    await page.waitForURL(/\/compare/)
    all.unshift(runRow('run-new'))
    await page.goBack()
    await page.waitForSelector(row('run-90'))
    all.shift()
    expect(await placeOf()).toBe(91 * 48 + 7)
    await page.goForward()
    await page.waitForURL(/\/compare/)
    await page.click('a[href="/runs"]')
    await page.waitForSelector(row('run-0'))
    expect(await placeOf()).toBe(0)
    await page.close()
  })

  it('lets five runs be chosen to compare, and refuses the sixth', async () => {
    const page = await open()
    for (const id of ['run-0', 'run-2', 'run-3', 'run-4', 'run-5', 'run-6']) await page.click(`${row(id)} ${part('pick-run')}`)
    expect(await text(page, 'compare-hint')).toMatch(/^Five runs is the most/)
    expect(await page.locator(`${part('pick-run')}:checked`).count()).toBe(5)
    await page.click(`${row('run-5')} ${part('pick-run')}`)
    expect(await text(page, 'compare-picked')).toBe('Compare 4 runs')
    await page.click(part('compare-picked'))
    await page.waitForURL(/\/compare/)
    expect(decodeURIComponent(search(page))).toBe('?ids=run-0,run-2,run-3,run-4')
    await page.close()
  })

  it('exports what it shows, and deletes a run when one is sure', async () => {
    const page = await open('?sort=-qps&baseline=yes')
    await page.click(part('export-list'))
    await page.click(part('export-list-csv'))
    await page.waitForFunction(() => document.querySelector('[data-testid="export-list"]:not(:disabled)') !== null)
    await page.click(`${row('run-0')} ${part('row-menu')}`)
    await page.click(part('menu-delete'))
    await page.click('.el-message-box .el-button--danger')
    await page.waitForSelector(row('run-0'), { state: 'detached' })
    expect(done).toEqual([
      ['exportRuns', { format: 'CSV', filter: { isBaseline: true }, sort: { field: 'QPS', direction: 'DESC' } }],
      ['deleteRun', { id: 'run-0' }],
    ])
    await page.close()
  })

  it('leads to the run where one is brought in that is here already', async () => {
    const page = await open()
    await page.route('**/bundles', route => route.fulfill({ status: 201, json: { file: 'file-1' } }))
    await page.setInputFiles('input[type="file"]', { name: 'run.gz', mimeType: 'application/gzip', buffer: Buffer.from('run') })
    await page.waitForSelector(part('import-problem'))
    expect(await text(page, 'import-problem')).toContain('This run is here already')
    await page.click(part('run-here'))
    await page.waitForURL('**/runs/run-7')
    await page.close()
  })

  it('makes no script complain', () => {
    expect(browser.complaints.filter(complaint => !/favicon|404/.test(complaint))).toEqual([])
  })
})
