/// <reference lib="dom" />
import { performance } from 'node:perf_hooks'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asAdmin } from '../kit/asAdmin.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { part } from '../kit/runPages.ts'

const MOST_CLICKS = 10
const TRIED = { pointLookup: /1 row returned/, rangeScan: /rows returned/, insert: /1 row changed. It was undone/, update: /It was undone/ }

let kit: RunKit
let browser: TestBrowser
beforeAll(async () => {
  kit = await openRunKit()
  await asAdmin(kit.sut.adminUrl, async admin => {
    await admin.query(
      'CREATE TABLE invoices (number bigint PRIMARY KEY, customer text NOT NULL, total numeric(12,2), issued_at timestamptz)',
    )
    await admin.query(`INSERT INTO invoices SELECT n, 'customer ' || n % 97, n * 0.5, now() FROM generate_series(1, 5000) n`)
    await admin.query(`GRANT SELECT, INSERT, UPDATE ON invoices TO ${kit.sut.user}`)
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await kit?.close()
})

describe('a person who has never seen the console', () => {
  it('makes a template for a table of their own, and runs it, in ten clicks at most', async () => {
    const page = await browser.page()
    let clicks = 0
    const click = async (place: Locator): Promise<void> => {
      clicks++
      await place.click()
    }
    await page.goto(`${kit.server.url}/templates`)
    const beganMs = performance.now()
    await click(page.locator(part('new-template')).first())
    await click(page.locator(part('field-target.table')))
    await click(page.locator(part('option-invoices')))
    // What it would do is there to be read before anything is saved: the columns, the statements, the plan in a sentence.
    await page.waitForSelector(part('table-card'))
    await page.waitForSelector(part('made-sql-operations.pointLookup'))
    await page.waitForSelector(part('plan-sentence'))
    expect(await page.locator(part('field-name')).inputValue()).toBe('Reads on invoices')
    for (const [field, seconds] of Object.entries({ durationSeconds: '3', warmupSeconds: '1' })) {
      await click(page.locator(part(`field-load.${field}`)))
      await page.locator(part(`field-load.${field}`)).fill(seconds)
    }
    await click(page.locator(part('save-and-run')))
    await click(page.locator(part('start-run')).first())
    await page.waitForSelector(`${part('run-status')}[data-status="COMPLETED"]`)
    const seconds = (performance.now() - beganMs) / 1_000

    const run = await kit.read(page.url().split('/').at(-1) ?? '')
    expect(run.result?.totalOperations).toBeGreaterThan(0)
    expect(run.result?.failedOperations).toBe(0)
    expect(clicks).toBeLessThanOrEqual(MOST_CLICKS)
    process.stdout.write(`a newcomer's template and its first run: ${clicks} clicks, ${seconds.toFixed(1)} s with a run of 4 s\n`)
  })

  it('tries each statement on the real table first, which changes nothing', async () => {
    const page = await browser.page()
    await page.goto(`${kit.server.url}/templates/new`)
    await page.locator(part('field-target.table')).click()
    await page.locator(part('option-invoices')).click()
    await page.locator(part('preset-MIXED')).click()
    for (const [each, words] of Object.entries(TRIED)) {
      await page.locator(part(`try-operations.${each}`)).click()
      const tried = page.locator(`${part(`statement-operations.${each}`)} ${part('tried')}`)
      await tried.getByText(words).first().waitFor()
      expect(await tried.locator(part('tried-plan')).count()).toBe(1)
    }
    const count = await asAdmin(kit.sut.adminUrl, admin => admin.query('SELECT count(*)::int AS rows FROM invoices'))
    expect(count.rows[0]?.rows).toBe(5_000)
  })

  it('writes SQL of their own by key, hard spaces and all, and tries it', async () => {
    const page = await browser.page()
    await page.goto(`${kit.server.url}/templates/new`)
    await page.locator(part('field-target.table')).click()
    await page.locator(part('option-invoices')).click()
    await page.waitForSelector(part('made-sql-operations.pointLookup'))
    await page.locator(part('own-operations.pointLookup')).click()
    await page.locator(part('field-operations.pointLookup.sql')).click()
    await page.keyboard.press('Control+A')
    await page.keyboard.press('Delete')
    await page.keyboard.type('SELECT total, customer FROM invoices ', { delay: 2 })
    await page.keyboard.insertText('WHERE\u00a0number = $1')
    const tried = page.locator(`${part('statement-operations.pointLookup')} ${part('tried')}`)
    await page.locator(part('try-operations.pointLookup')).click()
    await tried.waitFor()
    const words = await tried.locator('.words').textContent()
    expect(await tried.getAttribute('data-ok'), words ?? '').toBe('true')
    expect(await tried.locator('pre').first().textContent()).toContain(' total, customer FROM invoices WHERE number = $1')
  })

  it('meets no page that its own rules keep from loading what it needs', () => {
    expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
  })
})
