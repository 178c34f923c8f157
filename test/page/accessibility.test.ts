/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readShifts, seriousViolations, watchShifts } from '../kit/axe.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { comparedAnswers } from '../kit/comparedRuns.ts'
import { comparedCase } from '../kit/comparedSeries.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { type EditorApi, startEditorApi } from '../kit/editorApi.ts'
import { part } from '../kit/runPages.ts'
import { type SampleAccess, sampleAccess } from '../kit/sampleAccess.ts'
import { at, historyPoint, metrics, runWorker, timing } from '../kit/sampleConsole.ts'
import { runDetail, runPlan, runResult } from '../kit/sampleRunDetail.ts'
import { errorGroup, execution, executionPages, executionsKept, runFigures, sliceFigures } from '../kit/sampleRunParts.ts'
import { runRow } from '../kit/sampleRunRow.ts'
import { SMALLEST } from '../kit/templateInput.ts'

let browser: TestBrowser
let api: ConsoleApi
let editor: EditorApi
let access: SampleAccess
let page: Page

const COMPARED = [comparedCase(0), comparedCase(1)]
const { compareRuns, series } = comparedAnswers(COMPARED)
const rows = Array.from({ length: 12 }, (_, number) =>
  runRow(`run-${number}`, { number, status: number === 3 ? 'FAILED' : 'COMPLETED', tags: number === 0 ? ['nightly'] : [] }),
)
const pageOf = <Row extends { readonly id: string }>(found: readonly Row[]) => ({
  totalCount: found.length,
  edges: found.map(node => ({ node, cursor: node.id })),
  pageInfo: { hasNextPage: false, endCursor: found.at(-1)?.id ?? null },
})
const live = runDetail({ id: 'live', workers: [runWorker()], history: [1, 2, 3, 4, 5, 6].map(second => historyPoint(second)) })
const ready = runDetail({ id: 'ready', status: 'PREPARED', phase: 'PREPARING' })
const over = runDetail({
  id: 'over',
  status: 'COMPLETED',
  phase: 'COMPLETED',
  plan: runPlan(),
  timing: timing({ serverNow: at(80), endedAt: at(70), elapsedSeconds: 70 }),
  aggregateMetrics: metrics(),
  result: runResult(),
  workers: [runWorker({ status: 'COMPLETED' })],
  history: Array.from({ length: 30 }, (_, second) => historyPoint(second + 1)),
})
const parts = {
  executionsKept: executionsKept({ state: 'COMPLETE', loaded: 40, expected: 40 }),
  executions: executionPages(
    Array.from({ length: 40 }, (_, number) => execution(number)),
    [],
  ),
  figures: runFigures({ slices: [sliceFigures()], errorGroups: [errorGroup()] }),
}

beforeAll(async () => {
  access = sampleAccess(
    {
      runs: ({ filter }: { filter?: { search?: string | null } | null }) => pageOf(filter?.search === 'nothing' ? [] : rows),
      tags: [{ name: 'nightly', count: 1 }],
      warehouseSizes: [],
      templates: () => pageOf([]),
      compareRuns,
      series,
    },
    12,
  )
  api = await startConsoleApi(access.answers)
  for (const detail of [live, ready, over]) api.keep(detail, parts)
  editor = await startEditorApi()
  editor.keepTemplate(
    '01KEPT',
    { ...SMALLEST, target: { ...SMALLEST.target, connectionId: '01POSTGRES', schema: 'public' } } as never,
    true,
  )
  browser = await openBrowser()
  page = await browser.page()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await watchShifts(page)
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
  await editor?.close()
})

const settings = ['about', 'limits', 'password', 'tokens', 'users', 'audit'] as const
/** Every page, and what is there when it is. */
const PAGES: readonly (readonly [path: string, ready: string])[] = [
  ['/sign-in', part('sign-in')],
  ['/templates', part('template-row')],
  ['/templates?empty', '.empty'],
  ['/templates/new', part('field-name')],
  ['/templates/01KEPT', part('field-name')],
  ['/runs', part('history-row')],
  ['/runs?q=nothing', '.empty'],
  ['/runs/ready', part('ready')],
  ['/runs/live', `${part('chart-throughput')} canvas`],
  ['/runs/over', part('result')],
  ['/runs/over/executions', part('execution')],
  ['/compare', part('chooser-hint')],
  [`/compare?ids=${COMPARED.map(run => run.id)}`, `${part('chart-qps')} canvas`],
  ['/connections', part('connection-row')],
  ...settings.map(
    key => [`/settings/${key}`, `${part(`part-${key}`)} :is(.grid-table tbody tr:not([aria-hidden]), dd:not(:empty), form)`] as const,
  ),
  ['/nowhere', '.empty'],
]
const isOfEditor = (path: string): boolean => path.startsWith('/templates') && !path.endsWith('?empty')
const MOST_SHIFT = 0.02
const open = async (path: string, shown: string): Promise<void> => {
  access.become(path === '/sign-in' ? null : 'ADMIN')
  await page.goto(`${isOfEditor(path) ? editor.url : api.url}${path}`)
  await page.waitForSelector(shown)
}
/** All rules in light; colours once more in dark. */
const findWrong = async (within?: string): Promise<readonly string[]> => {
  const where = within === undefined ? {} : { within }
  const inLight = await seriousViolations(page, where)
  await page.emulateMedia({ colorScheme: 'dark' })
  const inDark = await seriousViolations(page, { ...where, rules: ['color-contrast'] })
  await page.emulateMedia({ colorScheme: 'light' })
  return [...inLight, ...inDark.map(each => `dark ${each}`)]
}
const DIALOG = '.el-overlay:not([style*="none"]) .el-dialog'
const BOX = '.el-message-box'
const MENU = part('anchored-menu')
/** What opens from a page: its name, what is pressed for it one after the other, and what is there then. */
type Dialog = readonly [name: string, presses: readonly string[], shown: string]
const DIALOGS: Readonly<Record<string, readonly Dialog[]>> = {
  '/templates': [
    ['import a template', [part('import-template')], DIALOG],
    ['menu of a template', [part('template-menu')], part('anchored-menu')],
  ],
  '/runs': [
    ['command palette', [part('open-palette')], part('palette')],
    ['menu of who one is', [part('user-menu')], MENU],
    ['menu of a run', [part('row-menu')], MENU],
    ['columns', [part('fold-columns')], part('folded-columns')],
  ],
  '/runs/live': [
    ['stop', [part('stop-run')], DIALOG],
    ['tags and note', [part('run-menu'), part('annotate-run')], DIALOG],
  ],
  '/runs/over': [['delete', [part('run-menu'), part('delete-run')], BOX]],
  '/connections': [
    ['menu of a connection', [part('connection-menu')], MENU],
    ['new connection', [part('new-connection')], DIALOG],
    ['a PostgreSQL that was tried', [part('new-connection'), '.el-dialog button:text("PostgreSQL")', part('try-connection')], DIALOG],
  ],
  '/settings/tokens': [
    ['new token', [part('new-token')], DIALOG],
    ['revoke', [part('revoke-token')], BOX],
  ],
  '/settings/users': [
    ['new user', [part('new-user')], DIALOG],
    ['menu of a user', [part('user-actions')], MENU],
  ],
}
const isWithin = (selector: string): Promise<boolean> => page.evaluate(wanted => document.activeElement?.closest(wanted) != null, selector)

/** Is fit for all, keeps the keyboard's focus while it is open, and gives it back on Escape. */
const checkDialog = async ([name, presses, shown]: Dialog): Promise<void> => {
  for (const selector of presses) await page.locator(selector).first().click()
  await page.locator(shown).first().waitFor()
  // What folds out beneath its button leaves the focus there.
  if (!shown.includes('folded')) await page.waitForFunction(wanted => document.activeElement?.closest(wanted) != null, shown)
  expect(await findWrong(shown), name).toEqual([])
  if (shown === DIALOG || shown === BOX || shown === part('palette')) {
    for (let press = 0; press < 8; press++) await page.keyboard.press('Tab')
    expect(await isWithin(shown), `${name} keeps the focus`).toBe(true)
  }
  await page.keyboard.press('Escape')
  await page.waitForFunction(wanted => {
    const found = document.querySelector(wanted)
    return found === null || found.getClientRects().length === 0
  }, shown)
  await page.waitForFunction(
    wanted => document.activeElement === document.querySelector(wanted) || document.querySelector(wanted)?.contains(document.activeElement),
    presses[0] ?? '',
  )
}

describe('every page', () => {
  it.each(PAGES)('can be read and used by all, with its dialogs, and does not jump while it loads: %s', async (path, shown) => {
    for (const [width, height] of [
      [1920, 1080],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height })
      await open(path, shown)
      expect(await readShifts(page), `${path} at ${width} pixels`).toBeLessThan(MOST_SHIFT)
    }
    expect(await findWrong()).toEqual([])
    for (const dialog of DIALOGS[path] ?? []) await checkDialog(dialog)
  })
})

it('makes no script complain', () => {
  expect(browser.complaints.filter(complaint => !/favicon|404/.test(complaint))).toEqual([])
})
