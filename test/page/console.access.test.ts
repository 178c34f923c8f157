/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { part, text } from '../kit/runPages.ts'
import { NEW_TOKEN, PASSWORD, type SampleAccess, sampleAccess } from '../kit/sampleAccess.ts'
import { runDetail } from '../kit/sampleRunDetail.ts'
import { runRow } from '../kit/sampleRunRow.ts'

let browser: TestBrowser
let api: ConsoleApi
let access: SampleAccess
let page: Page

const rows = [runRow('run-0', { name: 'Checkout mixed' })]
const pageOf = <Row extends { readonly id: string }>(found: readonly Row[]) => ({
  totalCount: found.length,
  edges: found.map(node => ({ node, cursor: node.id })),
  pageInfo: { hasNextPage: false, endCursor: found.at(-1)?.id ?? null },
})

beforeAll(async () => {
  access = sampleAccess({
    runs: ({ filter }: { filter?: { search?: string } | null }) => pageOf(filter?.search === 'nothing' ? [] : rows),
    tags: [],
    warehouseSizes: [],
    templates: ({ search }: { search?: string | null }) => pageOf(search === 'check' ? [{ id: '01T', name: 'Checkout mixed' }] : []),
    prepareRun: () => runDetail({ id: 'prepared' }),
  })
  api = await startConsoleApi(access.answers)
  for (const id of ['ready', 'prepared']) api.keep(runDetail({ id, status: 'PREPARED', phase: 'PREPARING' }))
  browser = await openBrowser()
  page = await browser.page()
  await page.emulateMedia({ reducedMotion: 'reduce' })
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})
beforeEach(() => access.become('ADMIN'))

const open = async (path: string, shown: string): Promise<void> => {
  await page.goto(`${api.url}${path}`)
  await page.waitForSelector(shown)
}
const path = (): string => page.url().slice(api.url.length)
const lastDeed = () => access.deeds.at(-1)
const confirm = (): Promise<void> => page.locator('.el-message-box__btns .el-button--danger').click()

describe('signing in', () => {
  it('is asked of who is not known, says when it is wrong, and leads to where one wanted to go', async () => {
    access.become(null)
    await open('/runs?sort=name', part('sign-in'))
    expect(await page.locator('nav').count()).toBe(0)
    await page.fill(part('field-name'), 'ada')
    await page.fill(part('field-password'), 'something else')
    await page.keyboard.press('Enter')
    await page.waitForSelector(`${part('sign-in-problem')}:text("not right")`)
    await page.fill(part('field-password'), PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('history-row'))
    expect(path()).toBe('/runs?sort=name')
    await page.waitForSelector(`${part('connection-state')}[data-state="CONNECTED"]`)
    expect(await text(page, 'user-menu')).toBe('ada Admin')
  })

  it('leads nowhere outside, whatever the address asks for', async () => {
    access.become(null)
    await open('/sign-in?next=//example.com/', part('sign-in'))
    await page.fill(part('field-name'), 'ada')
    await page.fill(part('field-password'), PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('user-menu'))
    expect(path()).toBe('/templates')
  })

  it('is asked for again when the session ends on an open page, and leads back', async () => {
    await open('/settings/tokens', part('token-row'))
    access.become(null)
    await page.locator(part('settings-users')).click()
    await page.waitForSelector(part('session-ended'))
    await page.fill(part('field-name'), 'ada')
    await page.fill(part('field-password'), PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('user-row'))
    expect(path()).toBe('/settings/users')
  })

  it('ends with the menu of who one is', async () => {
    await open('/runs', part('history-row'))
    await page.click(part('user-menu'))
    await page.click(part('menu-sign-out'))
    await page.waitForSelector(part('sign-in'))
    expect(path()).toBe('/sign-in')
  })
})

describe('what one may not do', () => {
  it('can be seen and reached, says why it cannot be done, and does nothing', async () => {
    access.become('VIEWER')
    await open('/runs/ready', part('start-run'))
    const start = page.locator(part('start-run'))
    expect([await start.getAttribute('aria-disabled'), await start.getAttribute('title')]).toEqual([
      'true',
      'You are a viewer: this needs an operator or higher.',
    ])
    const before = access.deeds.length
    await start.focus()
    await page.keyboard.press('Enter')
    await open('/connections', part('connection-row'))
    await page.locator(part('new-connection')).click({ force: true })
    await page.locator(part('connection-menu')).first().click()
    expect(await page.locator(`${part('anchored-menu')} [aria-disabled="true"]`).count()).toBe(3)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    expect(await page.locator(part('connection-form')).count()).toBe(0)
    expect(access.deeds.length).toBe(before)
    await open('/settings/audit', part('part-audit'))
    expect(await text(page, 'part-audit')).toContain('You are a viewer: this needs an admin.')
  })

  it('is not said of what one may', async () => {
    access.become('OPERATOR')
    await open('/runs/ready', part('start-run'))
    expect(await page.locator(part('start-run')).getAttribute('aria-disabled')).not.toBe('true')
  })
})

describe('the settings', () => {
  it('show a new token once, and revoke it', async () => {
    await open('/settings/tokens', part('token-row'))
    await page.click(part('new-token'))
    await page.click(part('make-token'))
    await page.waitForSelector(part('problem-name'))
    await page.fill(part('field-name'), 'nightly')
    await page.fill(part('field-days'), '30')
    await page.click(part('role-VIEWER'))
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('token-text'))
    expect(await page.inputValue(part('token-text'))).toBe(NEW_TOKEN)
    expect(lastDeed()).toEqual({ name: 'createApiToken', args: { input: { name: 'nightly', role: 'VIEWER', expiresInDays: 30 } } })
    await page.click(part('token-done'))
    await page.waitForSelector(part('token-text'), { state: 'detached' })
    expect(await page.content()).not.toContain(NEW_TOKEN)
    await page.locator(part('revoke-token')).first().click()
    await confirm()
    await page.waitForSelector(`${part('token-row')}:has-text("nightly"):has-text("Revoked")`)
  })

  it('add a user, change the role, and say what deleting does', async () => {
    await open('/settings/users', part('user-row'))
    await page.click(part('new-user'))
    await page.fill(part('field-name'), 'ben')
    await page.fill(part('field-password'), 'short')
    await page.click(part('save-user'))
    await page.waitForSelector(part('problem-password'))
    await page.fill(part('field-password'), 'a long enough one')
    await page.click(part('save-user'))
    await page.waitForSelector(`${part('problem-name')}:text("already")`)
    await page.fill(part('field-name'), 'cleo')
    await page.click(part('save-user'))
    const row = page.locator(`${part('user-row')}[data-user="cleo"]`)
    await row.locator(part('user-actions')).click()
    await page.click(part('menu-ROLE'))
    await page.click(part('role-AUTHOR'))
    await page.click(part('save-user'))
    await row.locator(':text("Author")').waitFor()
    expect(lastDeed()?.args).toEqual({ id: '01NEW3', input: { name: 'cleo', role: 'AUTHOR' } })
    await row.locator(part('user-actions')).click()
    await page.click(part('menu-delete'))
    expect(await page.locator('.el-message-box').textContent()).toMatch(/tokens stop working.*What they did stays/)
    await confirm()
    await row.waitFor({ state: 'detached' })
  })

  it('show why the last admin stays, and what a user has to do when the first one is made', async () => {
    await open('/settings/users', part('user-row'))
    await page.locator(part('user-actions')).first().click()
    await page.click(part('menu-disable'))
    await confirm()
    await page.waitForSelector('[role="alert"]:has-text("last admin")')
    access.openToAll()
    await open('/settings/users', '.empty')
    expect(await text(page, 'user-menu')).toBe('This machine')
    await page.click(part('new-user'))
    await page.waitForSelector(part('first-user'))
    await page.fill(part('field-name'), 'root')
    await page.fill(part('field-password'), PASSWORD)
    await page.click(part('save-user'))
    expect(await text(page, 'user-made')).toBe('root is made: sign in as root.')
    expect(await page.inputValue(part('field-name'))).toBe('root')
  })

  it('page through the audit log by its cursor, filter it, and fold a line out', async () => {
    await open('/settings/audit', part('audit-row'))
    await page.click(part('audit-more'))
    await page.waitForSelector(part('audit-more'), { state: 'detached' })
    expect(access.auditQuestions.at(-1)).toEqual({ after: 'audit-49', filter: null })
    expect(await page.locator(part('audit-row')).count()).toBe(60)
    await page.selectOption(part('filter-outcome'), 'REFUSED')
    await page.waitForFunction(() => document.querySelectorAll('[data-testid="audit-row"]').length === 9)
    expect(access.auditQuestions.at(-1)?.filter).toEqual({ outcome: 'REFUSED' })
    await page.locator(part('audit-detail')).nth(1).click()
    expect(await text(page, 'audit-text')).toBe('{ "id": "01HSAMPLE7", "code": "CONFLICT" }')
  })
})

describe('the command palette', () => {
  it('opens by its keys, goes to pages, and gives the focus back', async () => {
    await open('/runs', part('history-row'))
    await page.locator(part('search-runs')).focus()
    await page.keyboard.press('Control+k')
    await page.waitForSelector(part('palette-entry'))
    await page.keyboard.press('Escape')
    expect(await page.locator(part('search-runs')).evaluate(field => field === document.activeElement)).toBe(true)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('audit')
    await page.waitForFunction(() => document.querySelectorAll('[role="option"]').length >= 1)
    expect(await page.locator('[role="option"][aria-selected="true"]').textContent()).toContain('audit log')
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('audit-row'))
  })

  it('finds templates and runs by name, and runs a template', async () => {
    await open('/runs', part('history-row'))
    await page.click(part('open-palette'))
    await page.keyboard.type('check')
    const run = page.locator('[role="option"]:has-text("Run Checkout mixed")')
    await run.waitFor()
    expect(await page.locator('[role="option"]').allTextContents()).toHaveLength(3)
    await page.keyboard.press('ArrowUp')
    expect(await run.getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('start-run'))
    expect(path()).toBe('/runs/prepared')
  })
})

describe('the page of connections', () => {
  it('tries a PostgreSQL by its URL before it is saved, and shows what it can do', async () => {
    await open('/connections', part('connection-row'))
    await page.click(part('new-connection'))
    await page.getByRole('button', { name: 'PostgreSQL' }).click()
    await page.getByRole('button', { name: 'One URL' }).click()
    await page.fill(part('field-name'), 'Orders')
    await page.fill(part('field-postgres.url'), 'postgresql://bench:secret@db/orders')
    await page.fill(part('field-postgres.ca'), '-----BEGIN CERTIFICATE-----')
    await page.click(part('try-connection'))
    await page.waitForSelector(part('capabilities'))
    expect(lastDeed()?.args['input']).toEqual({
      name: 'Orders',
      postgres: {
        url: 'postgresql://bench:secret@db/orders',
        host: '',
        port: null,
        user: '',
        database: '',
        tls: null,
        ca: '-----BEGIN CERTIFICATE-----',
        password: null,
      },
    })
    await page.click(part('save-connection'))
    const row = page.locator('[data-connection="Orders"]')
    await row.locator(part('connection-menu')).click()
    await page.click(part('menu-default-connection'))
    await row.locator(part('is-default')).waitFor()
    expect(await page.locator(`[data-connection="bench database"] ${part('is-default')}`).count()).toBe(0)
  })
})

it('makes no script complain', () => {
  expect(browser.complaints.filter(complaint => !/favicon|404/.test(complaint))).toEqual([])
})
