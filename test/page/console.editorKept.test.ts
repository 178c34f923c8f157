/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type EditorApi, startEditorApi } from '../kit/editorApi.ts'
import { part, text } from '../kit/runPages.ts'
import { soundTemplate } from '../kit/templateInput.ts'

let api: EditorApi
let browser: TestBrowser
beforeAll(async () => {
  api = await startEditorApi()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

const ORDERS = soundTemplate({
  name: 'Orders',
  target: { connectionId: '01POSTGRES', schema: 'public', table: 'orders' },
  operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
})
const field = (path: string): string => part(`field-${path}`)
const values = (page: Page, path: string): Promise<string> => page.locator(field(path)).inputValue()
const open = async (path: string): Promise<Page> => {
  const page = await browser.page()
  await page.goto(`${api.url}${path}`)
  await page.waitForSelector(part('save-bar'))
  return page
}

describe('what may not be lost', () => {
  it('is what is typed while a save is under way: it stays, unsaved', async () => {
    api.keepTemplate('01BUSY', ORDERS, false)
    const page = await open('/templates/01BUSY')
    await page.locator(field('name')).fill('First')
    api.holdSaves(true)
    await page.keyboard.press('Control+s')
    await page.getByText('Saving…').waitFor()
    await page.locator(field('name')).fill('Second')
    api.holdSaves(false)
    await page.getByText('Unsaved changes to version 1').waitFor()
    expect(api.saves.at(-1)?.input.name).toBe('First')
    expect(await values(page, 'name')).toBe('Second')
    await page.locator(field('name')).fill('First')
    await page.getByText('Saved as version 1.').waitFor()
  })

  it('is what is typed while a new template is made, which then has an address of its own', async () => {
    const page = await open('/templates/new')
    await page.locator(field('target.table')).click()
    await page.locator(part('option-orders')).click()
    await page.waitForSelector(part('plan-sentence'))
    api.holdSaves(true)
    await page.locator(part('save-template')).click()
    await page.getByText('Saving…').waitFor()
    await page.locator(field('name')).fill('Typed meanwhile')
    api.holdSaves(false)
    await page.waitForURL(/\/templates\/01NEW/)
    await page.getByText('Unsaved changes to version 1').waitFor()
    expect(await values(page, 'name')).toBe('Typed meanwhile')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('field-name')
  })

  it('is a new template, which no late answer turns into another one', async () => {
    api.keepTemplate('01LATE', ORDERS, false)
    const page = await open('/templates/01LATE')
    await page.locator(field('name')).fill('Late')
    api.holdSaves(true)
    await page.locator(part('save-template')).click()
    await page.getByText('Saving…').waitFor()
    await page.locator('nav[aria-label="Breadcrumb"] a').click()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.locator(part('new-template')).first().click()
    await page.waitForSelector(part('save-bar'))
    const answered = page.waitForResponse(response => response.request().postData()?.includes('updateTemplate') === true)
    api.holdSaves(false)
    await (await answered).finished()
    await page.locator(field('load.targetConnections')).fill('7')
    expect(page.url()).toContain('/templates/new')
    expect(await values(page, 'name')).toBe('')
    expect(await page.locator(part('template-version')).count()).toBe(0)
  })

  it('is a template whose author is asked to sign in again', async () => {
    api.become('AUTHOR')
    api.keepTemplate('01ENDED', ORDERS, false)
    const page = await open('/templates/01ENDED')
    api.become(null)
    await page.locator(field('name')).fill('Written before')
    await page.waitForSelector(part('session-ended'))
    // By somebody else meanwhile.
    api.keepTemplate('01ENDED', ORDERS, false, 2)
    await page.locator(field('name')).fill('ada')
    await page.locator(field('password')).fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.waitForSelector(part('save-bar'))
    await page.getByText('Unsaved changes to version 1').waitFor()
    expect(await values(page, 'name')).toBe('Written before')
    await page.locator(part('save-template')).click()
    await page.getByText('Not saved: ben has changed').waitFor()
    expect(await page.locator(part('open-newest')).getAttribute('href')).toBe('/templates/01ENDED')
    await page.locator(part('save-copy')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    expect(api.saves.at(-1)).toMatchObject({ id: null, input: { name: 'Written before (copy)' } })
    expect(await text(page, 'save-bar')).toContain('Saved as version 1.')
  })

  it('is what is written on a template that somebody deletes: it is saved as a copy', async () => {
    api.become('AUTHOR')
    api.keepTemplate('01DROPPED', ORDERS, false)
    const page = await open('/templates/01DROPPED')
    await page.locator(field('name')).fill('Still here')
    api.dropTemplate('01DROPPED')
    await page.locator(part('save-template')).click()
    await page.waitForSelector(part('save-problem'))
    const checked = page.waitForResponse(response => response.request().postData()?.includes('CheckTemplate') === true)
    await page.locator(field('load.targetConnections')).fill('9')
    await (await checked).finished()
    expect(await text(page, 'save-problem')).toContain('Somebody has deleted this template meanwhile.')
    await page.locator(part('save-copy')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    expect(api.saves.at(-1)).toMatchObject({ id: null, input: { name: 'Still here (copy)', load: { targetConnections: 9 } } })
  })

  it('is of no concern to somebody who may only look: the bar says why', async () => {
    api.become('VIEWER')
    api.keepTemplate('01SEEN', ORDERS, false)
    const page = await open('/templates/01SEEN')
    await page.waitForSelector(part('save-not-allowed'))
    expect(await page.locator(part('save-template')).isDisabled()).toBe(true)
    api.become('AUTHOR')
  })
})
