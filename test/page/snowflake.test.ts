/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { freshSnowflakeSut, type SnowflakeSut } from '../kit/snowflakeSut.ts'

let snowflake: SnowflakeSut
let kit: RunKit
let browser: TestBrowser

const part = (name: string): string => `[data-testid="${name}"]`
const untilStatus = (page: Page, status: string): Promise<unknown> => page.waitForSelector(`${part('run-status')}[data-status="${status}"]`)
const open = async (path: string): Promise<Page> => {
  const page = await browser.page()
  await page.goto(`${kit.server.url}${path}`)
  return page
}
const looksDrawn = (page: Page, least: number): Promise<unknown> =>
  page.waitForFunction(
    ([selector, count]) => Number(document.querySelector(selector as string)?.getAttribute('data-looks')) >= Number(count),
    [part('chart-warehouse'), least],
    { timeout: 60_000 },
  )

beforeAll(async () => {
  snowflake = await freshSnowflakeSut({ tableType: 'HYBRID' })
  kit = await openRunKit({ snowflake })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await kit?.close()
  await snowflake?.drop()
})

const GENERIC = {
  generic: [
    { id: 'newest', label: 'Newest orders', operationType: 'READ', weight: 70, sql: 'SELECT max(ORDER_ID) FROM ORDERS', parameters: [] },
    {
      id: 'touch',
      label: 'Touch an order',
      operationType: 'WRITE',
      weight: 30,
      sql: "UPDATE ORDERS SET STATUS = 'seen' WHERE ORDER_ID = 1",
      parameters: [],
    },
  ],
} as const

describe('the run page of a Snowflake target', () => {
  it('shows notes before the start, and then the warehouse beside the other charts until it is frozen', async () => {
    const runId = await kit.prepare(
      {},
      { name: 'On Snowflake', operations: GENERIC, load: { targetConnections: 2, warmupSeconds: 1, durationSeconds: 14 } },
    )
    const page = await open(`/runs/${runId}`)
    expect(await page.locator(part('run-notes')).textContent()).toMatch(/hybrid/)
    expect(await page.locator(part('warehouse')).count()).toBe(0)
    await page.locator(part('start-run')).click()
    await page.waitForSelector(`${part('warehouse-state')}[data-state="STARTED"]`)
    await looksDrawn(page, 2)
    expect(await page.locator(part('warehouse-age')).textContent()).toMatch(/^seen /)
    expect(await page.locator(`${part('chart-warehouse')} canvas`).count()).toBeGreaterThan(0)
    await page.locator(part('tab-setup')).click()
    await page.locator(part('warehouse'), { hasText: 'Suspends after' }).waitFor()
    await page.locator(part('tab-now')).click()
    await untilStatus(page, 'COMPLETED')
    await page.waitForFunction(selector => document.querySelector(selector)?.textContent?.startsWith('last seen '), part('warehouse-age'))
    await looksDrawn(page, 2)
  })

  it('has one row for each label of generic SQL, marked as reading or writing', async () => {
    const { id } = await kit.run(
      {},
      { name: 'Labels', operations: GENERIC, load: { targetConnections: 1, warmupSeconds: 0, durationSeconds: 2 } },
    )
    const page = await open(`/runs/${id}`)
    await page.waitForSelector(part('kind-GENERIC_SQL'))
    const rows = page.locator(part('kind-GENERIC_SQL'))
    expect(await rows.evaluateAll(found => found.map(row => row.getAttribute('data-label')))).toEqual(['Newest orders', 'Touch an order'])
    expect(await rows.nth(0).locator('.mark').textContent()).toBe('read')
    expect(await rows.nth(1).locator('.mark').textContent()).toBe('write')
  })
})

describe('what the driver sent again', () => {
  it('is said beside the figures, live and of the whole run', async () => {
    const load = { targetConnections: 4, warmupSeconds: 0, durationSeconds: 9 }
    const id = await kit.prepare({}, { name: 'Turned away', operations: GENERIC, load })
    await kit.start(id)
    await untilMeasuring(kit, id)
    snowflake.wire.dials.answerNext(3, 503, 'QUERY')
    const page = await open(`/runs/${id}`)
    const said = page.locator(part('driver-retries'))
    await said.waitFor()
    await untilStatus(page, 'COMPLETED')
    const { result } = await kit.read(id)
    const words = new RegExp(
      `^\\s*${result?.retriedOperations} operations? (was|were) sent again by the driver; its pauses of 1 to 16 s are in`,
    )
    await page.locator(part('result'), { hasText: 'Sent again' }).waitFor()
    expect(await said.textContent()).toMatch(words)
  })
})

describe('the value pools of a template', () => {
  it('are asked for, prepared with a click, and then told as ready', async () => {
    await kit.createTemplate({ name: 'Draws keys' })
    const page = await open('/templates?q=Draws')
    await page.waitForSelector(`${part('value-pools')}[data-status="NONE"]`)
    await page.locator(part('run-template')).click()
    expect(await page.locator('[role="alert"]').textContent()).toMatch(/value pools/)
    await page.locator(part('prepare-pools')).click()
    await page.waitForSelector(`${part('value-pools')}[data-status="READY"]`, { timeout: 60_000 })
    expect(await page.locator(part('value-pools')).textContent()).toMatch(/[1-9][\d,]* values/)
    await page.locator(part('run-template')).click()
    await page.waitForSelector(part('start-run'))
  })
})

describe('the page of connections', () => {
  const row = (page: Page, name: string) => page.locator(`[data-connection="${name}"]`)
  const choose = async (page: Page, name: string, item: string): Promise<void> => {
    await row(page, name).locator(part('connection-menu')).click()
    await page.locator(part(`menu-${item}`)).click()
  }

  it('says what is wrong at the field it is about, and saves once nothing is', async () => {
    const page = await open('/connections')
    await page.locator(part('new-connection')).click()
    await page.getByRole('button', { name: 'PostgreSQL' }).click()
    await page.locator(part('save-connection')).click()
    await page.waitForSelector(part('problem-postgres.host'))
    expect(await page.locator(part('field-name')).evaluate(field => field === document.activeElement)).toBe(true)
    const { host, port, user, password, database } = kit.sut
    for (const [field, text] of Object.entries({
      name: 'Orders',
      'postgres.host': host,
      'postgres.port': String(port),
      'postgres.user': user,
    }))
      await page.locator(part(`field-${field}`)).fill(text)
    await page.locator(part('field-postgres.password')).fill(password)
    await page.locator(part('field-postgres.database')).fill(database)
    await page.locator(part('field-postgres.database')).press('Enter')
    await row(page, 'Orders').waitFor()
    await page.waitForSelector(part('connection-form'), { state: 'detached' })
    expect(await page.content()).not.toContain(password)
  })

  it('tests a connection: the round trip when it works, a sentence when it does not', async () => {
    const page = await open('/connections')
    for (const name of ['Orders', 'System under test']) {
      await row(page, name).locator(part('test-connection')).click()
      await page.waitForSelector(`[data-connection="${name}"] + tr ${part('connection-outcome')}[data-ok="true"]`)
    }
    expect(await page.locator(part('connection-outcome')).first().textContent()).toMatch(/ms/)
    await choose(page, 'Orders', 'edit-connection')
    await page.locator(part('field-postgres.database')).fill('nowhere')
    await page.locator(part('save-connection')).click()
    await page.waitForSelector(part('connection-form'), { state: 'detached' })
    await row(page, 'Orders').locator(part('test-connection')).click()
    const outcome = await page.waitForSelector(`${part('connection-outcome')}[data-ok="false"]`)
    expect(await outcome.textContent()).toMatch(/nowhere/)
  })

  it('says that templates use a connection that it does not delete, and deletes another', async () => {
    const page = await open('/connections')
    await row(page, 'System under test').locator(part('connection-menu')).click()
    const used = page.locator(part('menu-delete-connection'))
    expect([await used.getAttribute('aria-disabled'), await used.getAttribute('title')]).toEqual([
      'true',
      expect.stringMatching(/^(One template uses|\d+ templates use) it/),
    ])
    await page.keyboard.press('Escape')
    await choose(page, 'Orders', 'delete-connection')
    await page.getByRole('button', { name: 'Delete connection' }).click()
    await row(page, 'Orders').waitFor({ state: 'detached' })
  })
})

it('makes no script of these pages complain', () => {
  expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
})
