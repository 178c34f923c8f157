/// <reference lib="dom" />
import { GraphQLError } from 'graphql'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionTest } from '../../client/src/api/documents/connectionDocuments.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { type MadeUpTemplates, madeUpTemplates } from '../kit/madeUpTemplates.ts'
import { part, text } from '../kit/runPages.ts'
import { runDetail } from '../kit/sampleRunDetail.ts'
import { soundTemplate } from '../kit/templateInput.ts'

type Problem = { readonly path: string; readonly message: string }

let browser: TestBrowser
let api: ConsoleApi
let templates: MadeUpTemplates
/** Why no run can be prepared; null: one can. */
let refusal: readonly Problem[] | null = null
const prepared: string[] = []
let tested: () => ConnectionTest | Promise<ConnectionTest>

beforeAll(async () => {
  templates = madeUpTemplates()
  api = await startConsoleApi({
    ...templates.answers,
    prepareRun: ({ templateId }: { readonly templateId: string }) => {
      if (refusal !== null) {
        const words = `The template has a problem: ${refusal.map(({ message }) => message).join('; ')}`
        throw new GraphQLError(words, { extensions: { code: 'VALIDATION_FAILED', problems: refusal } })
      }
      prepared.push(templateId)
      return { id: '01RUN', status: 'PREPARED' }
    },
    testConnection: () => tested(),
  })
  tested = () => answering()
  api.keep(ready('01RUN'))
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

const field = (path: string): string => part(`field-${path}`)
const open = async (path: string): Promise<Page> => {
  const page = await browser.page()
  await page.goto(`${api.url}${path}`)
  return page
}
const isFocused = (page: Page, selector: string): Promise<unknown> =>
  page.waitForFunction(wanted => document.activeElement === document.querySelector(wanted), selector)
const ready = (id: string) => runDetail({ id, status: 'PREPARED', phase: 'PREPARING' })
const answering = (hints: readonly string[] = []): ConnectionTest => ({
  ok: true,
  roundTripMs: 0.42,
  version: '17.2',
  message: 'Signed in',
  postgres: {
    version: '17.2',
    hasStatementStatistics: true,
    tracksIoTiming: true,
    maxConnections: 100,
    connectionsInUse: 3,
    isSuperuser: false,
    isReadOnly: false,
    hints: [...hints],
  },
})
const orders = (targetConnections: number) =>
  soundTemplate({
    name: 'Orders',
    target: { table: 'orders', connectionId: '01POSTGRES' },
    operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
    load: { targetConnections },
  })
const keepTwoVersions = (id: string): void =>
  templates.keep(
    id,
    { template: orders(16), runCount: 4, createdBy: 'anna' },
    { template: orders(64), runCount: 1, createdBy: 'ben', changes: ['Connections: 16 → 64'] },
  )

describe('a run that cannot be prepared', () => {
  it('says on the page of the template what was saved, why, and where, until it is dismissed', async () => {
    refusal = [{ path: 'load.targetConnections', message: 'load.targetConnections must be at most 97: the server admits no more' }]
    const page = await open('/templates/new')
    await page.locator(field('target.table')).fill('orders')
    await page.locator(field('name')).fill('Mine')
    await page.waitForSelector(part('plan-sentence'))
    await page.locator(part('save-and-run')).click()
    await page.waitForURL(/\/templates\/01MADEUP/)
    await page.waitForSelector(part('not-prepared'))
    expect(await text(page, 'not-prepared')).toBe(
      'It is saved, but no run of it could be prepared “Mine” is there as version 1. The connections must be at most 97: the server admits no more. Show where Try again',
    )
    expect(await text(page, 'save-bar')).toContain('Saved as version 1.')
    await page.locator('nav[aria-label="Breadcrumb"]').getByText('Mine').waitFor()
    await page.locator(part('go-to-cause')).click()
    await isFocused(page, field('load.targetConnections'))
    await page.locator(part('dismiss-not-prepared')).click()
    expect(await page.locator(part('not-prepared')).count()).toBe(0)
  })

  it('is tried again with what was changed, and leads to the run then', async () => {
    templates.keep('again', { template: orders(200) })
    refusal = [{ path: '', message: 'Prepare the value pools first' }]
    const page = await open('/templates/again')
    await page.locator(part('save-and-run')).click()
    await page.waitForSelector(part('not-prepared'))
    expect(await text(page, 'not-prepared')).toMatch(
      /^No run of it could be prepared “Orders” is there as version 1. Prepare the value pools/,
    )
    expect(await page.locator(part('go-to-cause')).count()).toBe(0)
    refusal = null
    await page.locator(field('load.targetConnections')).fill('50')
    expect(await text(page, 'prepare-again')).toBe('Save and try again')
    await page.locator(part('prepare-again')).click()
    await page.waitForURL(/\/runs\/01RUN/)
    expect(templates.saved.at(-1)?.load?.targetConnections).toBe(50)
    expect(prepared.at(-1)).toBe('again')
  })

  it('says in the list what is to be put right, and leads there', async () => {
    templates.keep('from-list', { template: orders(200) })
    refusal = [{ path: 'load.targetConnections', message: 'load.targetConnections must be at most 97' }]
    const page = await open('/templates')
    await page
      .locator(`${part('template-row')} ${part('run-template')}`)
      .last()
      .click()
    await page.getByText('No run of “Orders” could be prepared').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain(
      'This is to be put right first:load.targetConnections must be at most 97.',
    )
    await page.locator(part('open-failed')).click()
    await page.waitForURL(/\/templates\/from-list$/)
  })

  it('is told of no other template', async () => {
    templates.keep('told', { template: orders(200) })
    templates.keep('other', { template: orders(8) })
    refusal = [{ path: '', message: 'Prepare the value pools first' }]
    const page = await open('/templates/told')
    await page.locator(part('save-and-run')).click()
    await page.waitForSelector(part('not-prepared'))
    refusal = null
    await page.locator('nav[aria-label="Breadcrumb"] a').click()
    await page
      .locator(`${part('template-row')} ${part('edit-template')}`)
      .last()
      .click()
    await page.waitForURL(/\/templates\/other$/)
    await page.waitForSelector(part('save-bar'))
    expect(await page.locator(part('not-prepared')).count()).toBe(0)
  })
})

describe('a version of a template', () => {
  it('that is not there any more says so, and leads to the newest', async () => {
    templates.keep('gone', { version: 4, template: orders(16), runCount: 4 }, { version: 6, template: orders(64), runCount: 1 })
    const page = await open('/templates/gone?version=5')
    await page.waitForSelector(part('load-problem'))
    expect(await text(page, 'load-problem')).toBe(
      'There is no version 5 A version that no run has used is replaced when the template is saved again. The newest is version 6. Open the newest',
    )
    expect(await page.locator(part('template-version')).count()).toBe(0)
    await page.locator(part('open-newest')).click()
    await page.waitForURL(/\/templates\/gone$/)
    await page.waitForSelector(part('save-bar'))
    expect(await page.locator(field('load.targetConnections')).inputValue()).toBe('64')
    await page.goto(`${api.url}/templates/gone?version=9`)
    await page.waitForSelector(part('load-problem'))
    expect(await text(page, 'load-problem')).toBe('There is no version 9 The newest is version 6. Open the newest')
  })

  it('that is the newest can be changed, at the address of the template', async () => {
    keepTwoVersions('by-number')
    const page = await open('/templates/by-number?version=2')
    await page.waitForURL(/\/templates\/by-number$/)
    await page.waitForSelector(part('save-bar'))
    expect(await page.locator(field('load.targetConnections')).isEnabled()).toBe(true)
    expect(await page.locator(part('old-version')).count()).toBe(0)
  })

  it('that is an old one leads to the newest, and back', async () => {
    keepTwoVersions('to-newest')
    const page = await open('/templates/to-newest?version=1')
    await page.waitForSelector(part('old-version'))
    expect(await text(page, 'old-version')).toContain('This is version 1, as it was; it cannot be changed. The newest is version 2.')
    expect(await page.locator(part('save-bar')).count()).toBe(0)
    await page.locator(part('open-newest')).click()
    await page.waitForSelector(part('save-bar'))
    expect(await page.locator(field('load.targetConnections')).inputValue()).toBe('64')
    await page.goBack()
    await page.waitForSelector(part('old-version'))
    expect(await page.locator(field('load.targetConnections')).inputValue()).toBe('16')
  })

  it('that is an old one is restored where it is looked at, and run', async () => {
    keepTwoVersions('run-old')
    const page = await open('/templates/run-old?version=1')
    await page.locator(part('restore-shown')).click()
    await page.waitForURL(/\/templates\/run-old$/)
    await page.waitForSelector(part('save-bar'))
    await page.getByText('Runs have used version 2: saving makes version 3.').waitFor()
    expect(await page.locator(field('load.targetConnections')).inputValue()).toBe('16')
    await page.locator(part('save-and-run')).click()
    await page.waitForURL(/\/runs\/01RUN/)
    expect(templates.saved.at(-1)?.load?.targetConnections).toBe(16)
    expect(prepared.at(-1)).toBe('run-old')
  })
})

describe('a run that is ready', () => {
  const look = async (test: typeof tested): Promise<Page> => {
    tested = test
    const page = await open('/runs/01RUN')
    await page.waitForSelector(part('ready'))
    return page
  }

  it('says that its database answers, how fast, and what is worth knowing of it', async () => {
    const page = await look(() => answering(['The user may only read: writes will fail']))
    await page.waitForSelector(`${part('preflight')}[data-ok="true"]`)
    expect(await text(page, 'preflight')).toBe('System under test answers, round trip 0.420 ms. The user may only read: writes will fail.')
  })

  it('says what keeps its database from answering, and can be started all the same', async () => {
    const refused: ConnectionTest = {
      ...answering(),
      ok: false,
      roundTripMs: null,
      version: null,
      postgres: null,
      message: 'Set postgres.password',
    }
    const page = await look(() => refused)
    await page.waitForSelector(`${part('preflight')}[data-ok="false"]`)
    expect(await text(page, 'preflight')).toBe('Signing in to System under test failed. Set “Password”. Try again Open the connections')
    expect(await page.locator(part('start-run')).first().isEnabled()).toBe(true)
    tested = () => answering()
    await page.locator(part('preflight-again')).click()
    await page.waitForSelector(`${part('preflight')}[data-ok="true"]`)
  })

  it('says so while it is tried, and what kept the server from trying', async () => {
    let fail: (error: Error) => void = () => undefined
    const answer = new Promise<ConnectionTest>((_, reject) => (fail = reject))
    answer.catch(() => undefined)
    const page = await look(() => answer)
    await page.waitForSelector(part('preflight'))
    expect(await text(page, 'preflight')).toBe('Trying the connection…')
    fail(new GraphQLError('The connection was deleted', { extensions: { code: 'NOT_FOUND' } }))
    await page.waitForSelector(`${part('preflight')}[data-ok="false"]`)
    expect(await text(page, 'preflight')).toMatch(/^System under test could not be tried. The connection was deleted. Try again/)
  })
})

it('makes no script complain', () => {
  expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
})
