/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type EditorApi, startEditorApi } from '../kit/editorApi.ts'
import { part, text } from '../kit/runPages.ts'

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

const field = (path: string): string => part(`field-${path}`)
const open = async (path: string): Promise<Page> => {
  const page = await browser.page()
  await page.goto(`${api.url}${path}`)
  await page.waitForSelector(part('save-bar'))
  return page
}
/** A new template on a table of the connection that is chosen for a newcomer. */
const openNew = async (table = 'orders'): Promise<Page> => {
  const page = await open('/templates/new')
  await page.locator(field('target.table')).click()
  await page.locator(part(`option-${table}`)).click()
  await page.waitForSelector(part('plan-sentence'))
  return page
}
const values = (page: Page, path: string): Promise<string> => page.locator(field(path)).inputValue()
/** The list takes no keys while it is still being made, nor just after it came: what was typed on may not have been meant for it. */
const takeCompletion = async (page: Page, name: string): Promise<void> => {
  await page.waitForFunction(wanted => {
    const { shadowRoot } = document.activeElement ?? {}
    const list = shadowRoot?.querySelector('.cm-tooltip-autocomplete:not(.cm-tooltip-autocomplete-disabled)')
    const isChosen = list?.querySelector('[aria-selected]')?.textContent?.startsWith(wanted) === true
    const told = window as unknown as { listSince: number | undefined }
    told.listSince = isChosen ? (told.listSince ?? performance.now()) : undefined
    return told.listSince !== undefined && performance.now() - told.listSince > 150
  }, name)
  await page.keyboard.press('Enter')
}
const WEIGHTS = ['pointLookup', 'rangeScan', 'insert', 'update'].map(each => `operations.${each}.weight`)
const weights = (page: Page): Promise<string[]> => Promise.all(WEIGHTS.map(path => values(page, path)))
const HYBRID = {
  name: 'Hybrid orders',
  target: { connectionId: '01SNOWFLAKE', tableType: 'HYBRID', database: 'BENCH', schema: 'PUBLIC', table: 'ORDERS', warehouse: 'BENCH_WH' },
  operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
} as const

describe('the target', () => {
  it('is picked from the catalog, and brings name, columns, statements and a plan in words', async () => {
    const page = await open('/templates/new')
    await page.locator(field('target.table')).click()
    await page.locator(field('target.table')).fill('day')
    expect(await page.locator('[role="option"]:visible').allInnerTexts()).toHaveLength(1)
    await page.locator(field('target.table')).fill('orders')
    await page.locator(part('option-orders')).click()
    await page.waitForSelector(part('plan-sentence'))
    expect(await values(page, 'name')).toBe('Reads on orders')
    expect(await text(page, 'detected-type')).toBe('PostgreSQL')
    expect(await text(page, 'table-card')).toContain('7 columns · key id · lookups by id, of its primary key')
    expect(await text(page, 'made-sql-operations.pointLookup')).toContain('WHERE "id" = $1')
    expect(await text(page, 'plan-sentence')).toContain('50 % point lookups, 50 % range scans on public.orders.')
    await page.locator(part('save-template')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    expect(api.saves.at(-1)?.input.target).toMatchObject({ connectionId: '01POSTGRES', schema: 'public', table: 'orders' })
  })

  it('is looked for on the server where the list is cut', async () => {
    const page = await open('/templates/new')
    await page.locator(field('target.schema')).fill('sales')
    await page.locator(field('target.table')).click()
    await page.waitForSelector(part('option-customers'))
    await page.getByText('Only 1 are listed: type a part of the name to find others.').waitFor()
    await page.locator(field('target.table')).fill('by_day')
    await page.locator(part('option-orders_by_day')).click()
    expect(await values(page, 'target.table')).toBe('orders_by_day')
  })

  it('is picked with the keyboard alone', async () => {
    const page = await open('/templates/new')
    await page.locator(field('target.table')).focus()
    await page.keyboard.type('order_')
    await page.keyboard.press('Enter')
    expect(await values(page, 'target.table')).toBe('order_items')
  })

  it('of Snowflake asks for a warehouse, and offers no writes on what is only read', async () => {
    const page = await open('/templates/new')
    await page.locator(part('preset-MIXED')).click()
    await page.locator(field('target.connectionId')).selectOption('01SNOWFLAKE')
    await page.locator(field('target.database')).click()
    await page.locator(part('option-BENCH')).click()
    await page.waitForFunction(selector => document.querySelector<HTMLInputElement>(selector)?.value === 'PUBLIC', field('target.schema'))
    await page.locator(field('target.table')).click()
    await page.locator(part('option-ORDERS_DAILY')).click()
    expect(await text(page, 'detected-type')).toBe('Dynamic')
    expect(await weights(page)).toEqual(['50', '50', '0', '0'])
    expect(await page.locator(part('preset-MIXED')).isDisabled()).toBe(true)
    expect(await page.locator(field('operations.insert.weight')).isDisabled()).toBe(true)
    await page.locator(`${part('more-of-target')} summary`).click()
    expect(await text(page, 'more-of-target')).toMatch(/^More about this table: columns Columns/)
    expect(await page.locator(field('target.usePgbouncer')).count()).toBe(0)
    // Of two warehouses one is interactive: the other is the one that such a table takes.
    expect(await values(page, 'target.warehouse')).toBe('BENCH_WH')
    await page.waitForSelector(part('plan-sentence'))
    expect(await text(page, 'plan-sentence')).toContain('BENCH.PUBLIC.ORDERS_DAILY (dynamic table) through BENCH_WH')
  })

  it('names the columns of the catalog, from where they can be changed and left to it again', async () => {
    const page = await openNew()
    await page.locator(`${part('more-of-target')} summary`).click()
    await page.locator(part('take-columns')).click()
    expect(await values(page, 'target.columns.6.name')).toBe('updated_at')
    await page.locator(field('target.columns.3.type')).fill('numeric')
    await page.locator(part('save-template')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    expect(api.saves.at(-1)?.input.target?.columns?.at(3)).toEqual({ name: 'amount', type: 'numeric' })
    await page.locator(part('drop-columns')).click()
    await page.locator(part('save-template')).click()
    await page.getByText('Saved as version 1.').waitFor()
    expect(api.saves.at(-1)?.input.target?.columns).toBeNull()
  })

  it('can be typed where the catalog does not answer, which says what to do', async () => {
    api.breakCatalog('The network policy of the account does not let this machine in. Ask an administrator to allow its address.')
    const page = await open('/templates/new')
    await page.waitForSelector(part('catalog-problem'))
    expect(await text(page, 'catalog-problem')).toContain('Ask an administrator to allow its address. Names can be typed meanwhile.')
    await page.locator(field('target.table')).fill('ledger')
    await page.waitForSelector(part('plan-sentence'))
    expect(await text(page, 'plan-sentence')).toContain('on public.ledger')
    api.breakCatalog(null)
    await page.locator(field('target.table')).fill('orders')
    await page.locator(`${part('catalog-problem')} button`).click()
    await page.waitForSelector(part('table-card'))
  })
})

describe('what is wrong', () => {
  it('is told of a field once it was left, and of all once it was tried to save', async () => {
    const page = await openNew()
    const saves = api.saves.length
    await page.locator(field('load.durationSeconds')).fill('0')
    await page.locator(field('load.warmupSeconds')).focus()
    await page.waitForSelector(part('problem-load.durationSeconds'))
    expect(await text(page, 'anchor-load')).toContain('1')
    await page.locator(field('name')).fill('')
    await page.locator(part('save-template')).click()
    await page.waitForSelector(part('problem-name'))
    expect(api.saves).toHaveLength(saves)
    expect(await text(page, 'save-bar')).toContain('Not saved. First: Give it a name')
    await page.locator(part('save-bar')).getByText('The time that is measured').click()
    await page.waitForFunction(selector => document.activeElement === document.querySelector(selector), field('load.durationSeconds'))
  })

  it('is told at once of what is no number, which is never sent', async () => {
    const page = await openNew()
    await page.locator(field('load.targetConnections')).fill('many')
    expect(await text(page, 'problem-load.targetConnections')).toBe('Must be a number')
    await page.locator(part('save-template')).click()
    expect(await text(page, 'save-bar')).toContain('The connections must be a number')
  })
})

describe('the mix', () => {
  it('comes from a preset, says what is missing, and spreads it', async () => {
    const page = await openNew()
    await page.locator(part('preset-WRITE_HEAVY')).click()
    expect(await weights(page)).toEqual(['10', '10', '60', '20'])
    expect(await values(page, 'name')).toBe('Mixed load on orders')
    await page.locator(field('operations.insert.weight')).fill('55')
    expect(await text(page, 'mix-sum')).toBe('Sums to 95.00 %, 5.00 missing')
    await page.locator(part('spread-mix')).click()
    expect(await text(page, 'mix-sum')).toBe('Sums to 100.00 %')
    expect(await weights(page)).toEqual(['10.53', '10.53', '57.89', '21.05'])
  })

  it('takes SQL of one’s own, with columns to complete, in an editor that Tab leaves', async () => {
    const page = await openNew()
    await page.locator(part('own-operations.pointLookup')).click()
    const editor = page.locator(field('operations.pointLookup.sql'))
    await editor.click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(' AND custo')
    await takeCompletion(page, 'customer_id')
    await page.keyboard.type(' > 5')
    await page.keyboard.press('Tab')
    await page.waitForFunction(() => document.activeElement?.shadowRoot?.querySelector('.cm-editor') == null)
    await page.locator(part('save-template')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    const sql = api.saves.at(-1)?.input.operations?.pointLookup?.sql
    expect(sql).toMatch(/FROM \{table\} WHERE "id" = \$1 AND customer_id > 5$/)
  })

  it('takes statements of one’s own, with the fields that each way to choose a value needs', async () => {
    const page = await openNew()
    await page.locator(part('add-statement')).click()
    const path = 'operations.generic.0'
    await page.locator(field(`${path}.sql`)).click()
    await page.keyboard.insertText('SELECT * FROM {table} WHERE status = $1 AND amount > $2')
    await page.waitForSelector(field(`${path}.parameters.1.strategy`))
    await page.locator(field(`${path}.label`)).fill('By status')
    await page.locator(field(`${path}.parameters.0.value`)).pressSequentially('nullable or not')
    expect(await values(page, `${path}.parameters.0.value`)).toBe('nullable or not')
    await page.locator(field(`${path}.parameters.0.strategy`)).selectOption('CHOICE')
    await page.locator(field(`${path}.parameters.0.values`)).fill('NEW, PAID, 7')
    await page.locator(field(`${path}.parameters.1.strategy`)).selectOption('WEIGHTED_SAMPLE')
    await page.locator(field(`${path}.parameters.1.weights`)).fill('70, many')
    expect(await text(page, `problem-${path}.parameters.1.weights`)).toBe('Must be numbers: “many” is none')
    await page.locator(field(`${path}.parameters.1.strategy`)).selectOption('RANDOM_NUMERIC')
    expect(await page.locator(field(`${path}.parameters.1.column`)).count()).toBe(0)
    await page.locator(field(`${path}.parameters.1.min`)).fill('1')
    await page.locator(field(`${path}.parameters.1.max`)).fill('99')
    await page.locator(field(`${path}.weight`)).fill('20')
    await page.locator(part('preset-READ_ONLY')).click()
    expect(await weights(page)).toEqual(['40', '40', '0', '0'])
    await page.locator(part('save-template')).click()
    await page.waitForURL(/\/templates\/01NEW/)
    const [own] = api.saves.at(-1)?.input.operations?.generic ?? []
    expect(own).toMatchObject({ label: 'By status', operationType: 'READ', weight: 20 })
    expect(own?.parameters).toMatchObject([
      { strategy: 'CHOICE', values: ['NEW', 'PAID', 7] },
      { strategy: 'RANDOM_NUMERIC', min: 1, max: 99, integer: true },
    ])
  })

  it('is tried one statement at a time: values, rows and plan, or what it failed with', async () => {
    const page = await openNew()
    await page.locator(part('try-operations.pointLookup')).click()
    await page.waitForSelector(`${part('tried')}[data-ok="true"]`)
    expect(await text(page, 'tried')).toMatch(/^1\.42 ms, 1 row returned .*184203.* SHIPPED .* Plan$/)
    await page.locator(`${part('tried')} summary`).click()
    expect(await text(page, 'tried-plan')).toContain('Index Scan using orders_pkey')
    await page.locator(`${part('tried')} button`).click()
    await page.locator(part('try-operations.update')).click()
    await page.waitForSelector(part('tried'))
    expect(await text(page, 'tried')).toContain('1 row changed. It was undone; sequences may have moved on.')
    await page.locator(`${part('tried')} button`).click()
    api.failTries('The role may not read orders. Grant it SELECT.')
    await page.locator(part('try-operations.rangeScan')).click()
    await page.waitForSelector(`${part('tried')}[data-ok="false"]`)
    expect(await text(page, 'tried')).toContain('It failed. The role may not read orders. Grant it SELECT.')
    api.failTries(null)
    expect(api.tries.map(({ kind }) => kind)).toEqual(['POINT_LOOKUP', 'UPDATE', 'RANGE_SCAN'])
    // What is told of another statement says so, and of another table nothing is told.
    await page.locator(field('advanced.rangeSize')).fill('50')
    await page.waitForSelector(part('tried-before'))
    await page.locator(field('target.table')).fill('order_items')
    await page.waitForSelector(part('tried'), { state: 'detached' })
  })
})

describe('saving', () => {
  it('makes a new version of a template that runs have used, against the version that was read', async () => {
    api.keepTemplate('01KEPT', HYBRID, true)
    const page = await open('/templates/01KEPT')
    expect(await text(page, 'save-bar')).toContain('Saved as version 1.')
    expect(await page.locator(part('save-template')).isDisabled()).toBe(true)
    await page.locator(field('load.targetConnections')).fill('24')
    expect(await text(page, 'save-bar')).toContain('Runs have used version 1: saving makes version 2. Save as new version')
    await page.locator(part('save-template')).click()
    await page.waitForFunction(selector => document.querySelector(selector)?.textContent?.trim() === 'version 2', part('template-version'))
    expect(api.saves.at(-1)).toMatchObject({ id: '01KEPT', expectedVersion: 1, input: { load: { targetConnections: 24 } } })
  })

  it('can be followed by a run at once', async () => {
    const page = await openNew()
    await page.locator(part('save-and-run')).click()
    await page.waitForURL(/\/runs\/01RUN/)
    expect(api.prepared).toHaveLength(1)
  })

  it('is asked for before changes would be lost, and not when there are none', async () => {
    api.keepTemplate('01LEFT', HYBRID, false)
    const page = await open('/templates/01LEFT')
    await page.locator(field('name')).fill('Another name')
    await page.locator('nav[aria-label="Breadcrumb"] a').click()
    await page.getByRole('button', { name: 'Stay' }).click()
    expect(page.url()).toContain('/templates/01LEFT')
    await page.locator(field('name')).fill(HYBRID.name)
    await page.locator('nav[aria-label="Breadcrumb"] a').click()
    await page.waitForURL(/\/templates$/)
  })
})

it('makes no script complain', () => {
  expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
})
