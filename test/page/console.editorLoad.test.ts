import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDocument } from '../../server/src/templates/readDocument.ts'
import { openBrowser, type TestBrowser } from '../kit/browser.ts'
import { type ConsoleApi, startConsoleApi } from '../kit/consoleApi.ts'
import { type MadeUpTemplates, madeUpTemplates } from '../kit/madeUpTemplates.ts'
import { until } from '../kit/processes.ts'
import { runDetail } from '../kit/sampleRunDetail.ts'
import { soundTemplate } from '../kit/templateInput.ts'

let browser: TestBrowser
let api: ConsoleApi
let templates: MadeUpTemplates
let page: Page

const at = (name: string): Locator => page.locator(`[data-testid="${name}"]`)
const field = (path: string): Locator => at(`field-${path}`)
const orders = (change: object = {}) =>
  soundTemplate({
    name: 'Orders',
    target: { table: 'orders', connectionId: '01POSTGRES' },
    operations: { pointLookup: { weight: 80 }, update: { weight: 20 } },
    ...change,
  })
const look = async (id: string, query = ''): Promise<void> => {
  await page.goto(`${api.url}/templates/${id}${query}`)
  await field('load.warmupSeconds').waitFor()
}
const save = async (): Promise<void> => {
  const before = templates.saved.length
  await at('save-template').click()
  await until(
    'it is saved',
    () => templates.saved.length,
    count => count > before,
  )
}
/** What the menu of the page saves, as text. */
const exported = async (): Promise<string> => {
  await at('export-template').click()
  const download = page.waitForEvent('download')
  await at('export-template-YAML').click()
  const file = await download
  expect(file.suggestedFilename()).toBe('orders.yaml')
  return readFileSync(await file.path(), 'utf8')
}

beforeAll(async () => {
  templates = madeUpTemplates()
  api = await startConsoleApi(templates.answers)
  browser = await openBrowser()
  page = await browser.page()
})
afterAll(async () => {
  await browser?.close()
  await api?.close()
})

describe('load and scaling in the editor', () => {
  it('shows the fields of the chosen mode only, keeps what was typed for another, and saves what applies', async () => {
    templates.keep('modes', { template: orders() })
    await look('modes')
    await field('load.targetConnections').fill('32')
    await field('load.mode-QPS').check()
    expect(await field('load.targetConnections').inputValue()).toBe('')
    await field('load.targetQps').fill('2000')
    await at('rate-words').getByText('4 connections').waitFor()
    await field('load.mode-FIND_MAX_CONCURRENCY').check()
    await at('search-drawing').waitFor()
    expect(await field('load.durationSeconds').count()).toBe(0)
    await field('load.findMax.startConnections').fill('0')
    await field('load.mode-CONCURRENCY').check()
    expect(await field('load.targetConnections').inputValue()).toBe('32')
    await save()
    expect(templates.saved.at(-1)?.load).toEqual({
      mode: 'CONCURRENCY',
      targetConnections: 32,
      durationSeconds: 300,
      warmupSeconds: 10,
      thinkTimeMs: 0,
    })
  })

  it('says what fixed workers come to, in the place of the connections', async () => {
    templates.keep('fixed', { template: orders() })
    await look('fixed')
    await field('scaling.mode-FIXED').check()
    await field('scaling.minWorkers').fill('2')
    await field('scaling.minConnections').fill('16')
    await at('scaling-sum').getByText('2 workers × 16 connections = 32').waitFor()
    await at('fixed-connections').getByText('32 connections').waitFor()
    expect(await field('load.targetConnections').count()).toBe(0)
    expect(await field('scaling.maxWorkers').count()).toBe(0)
  })

  it('tells at the field what the rules say of it, when it is left', async () => {
    templates.keep('rules', { template: orders() })
    await look('rules')
    await field('scaling.mode-BOUNDED').check()
    await field('scaling.minWorkers').fill('3')
    await field('scaling.maxWorkers').fill('2')
    await field('scaling.maxWorkers').blur()
    await at('problem-scaling.maxWorkers').waitFor()
    await field('slos.POINT_LOOKUP.p95Ms').fill('5')
    await field('slos.UPDATE.p95Ms').fill('9')
    await field('slos.UPDATE.p99Ms').fill('3')
    await field('slos.UPDATE.p99Ms').blur()
    await at('problem-slos.UPDATE.p99Ms').waitFor()
    expect(await at('slo-RANGE_SCAN').count()).toBe(0)
  })
})

describe('the value pools in the editor', () => {
  it('says why they are needed, prepares them, and shows how far they are', async () => {
    templates.keep('pools', { template: orders() })
    templates.tellPools({ needed: true, neededBecause: ['updates draw keys that are there'] })
    await look('pools')
    await at('editor-pools').getByText('updates draw keys that are there.').waitFor()
    await at('editor-prepare-pools').click()
    await page.waitForSelector('[data-testid="editor-pools"][data-status="PREPARING"]')
    await at('editor-pools').getByText('3,000 of 12,000 values').waitFor()
    templates.tellPools({ status: 'READY', needed: true, isUsable: true, valuesStored: 12_000 })
    await page.waitForSelector('[data-testid="editor-pools"][data-status="READY"]')
    templates.tellPools({})
  })
})

describe('versions of a template', () => {
  it('shows who changed what, opens an old one to look at, and takes it over to be saved as the newest', async () => {
    templates.keep(
      'versions',
      { template: orders({ load: { targetConnections: 16 } }), runCount: 4, createdBy: 'anna' },
      { template: orders({ load: { targetConnections: 64 } }), runCount: 1, createdBy: 'ben', changes: ['Connections: 16 → 64'] },
    )
    await look('versions')
    const rows = at('version-row')
    expect(await rows.allTextContents()).toEqual([
      expect.stringMatching(/Version 2\s*newest.*Connections: 16 → 64.*by ben\s*· 1 run/),
      expect.stringMatching(/Version 1.*As it was first saved.*by anna\s*· 4 runs/),
    ])
    await rows.last().locator('[data-testid="open-version"]').click()
    await page.waitForURL(/version=1$/)
    await until(
      'the old version is shown',
      () => field('load.targetConnections').inputValue(),
      shown => shown === '16',
    )
    expect(await field('load.targetConnections').isDisabled()).toBe(true)
    await at('version-row').last().locator('[data-testid="restore-version"]').click()
    await page.waitForURL(/templates\/versions$/)
    await until(
      'it can be edited',
      () => field('load.targetConnections').isEnabled(),
      can => can,
    )
    expect(await field('load.targetConnections').inputValue()).toBe('16')
    await save()
    await page.waitForSelector('[data-testid="version-row"][data-version="3"]')
  })

  it('saves a version as a file', async () => {
    templates.keep('files', { template: orders(), runCount: 1 })
    await look('files')
    const text = await exported()
    expect(text).toMatch(/^# FlakeBench template "Orders"/)
    expect(text).toMatch(/connection: bench database/)
  })

  it('saves what few say of their table, from the form to the file, and takes it back', async () => {
    templates.keep('more', { template: orders() })
    await look('more')
    expect(await field('target.postgresInstanceSize').isVisible()).toBe(false)
    await at('more-of-target').locator('summary').click()
    await field('target.postgresInstanceSize').fill('STANDARD_M')
    await field('target.usePgbouncer').check()
    await at('add-column').click()
    await field('target.columns.0.name').fill('id')
    await field('target.columns.0.type').fill('bigint')
    await at('add-column').click()
    await field('target.columns.1.name').fill('id')
    await field('target.columns.1.type').fill('text')
    await field('target.columns.1.type').blur()
    await at('problem-target.columns.1.name').getByText('is there twice').waitFor()
    await field('target.columns.1.name').fill('note')
    await save()
    expect(templates.saved.at(-1)?.target).toMatchObject({ postgresInstanceSize: 'STANDARD_M', usePgbouncer: true })
    const saved = await exported()
    expect(saved).toMatch(/postgresInstanceSize: STANDARD_M\n {2}usePgbouncer: true\n {2}columns:\n/)
    expect(soundTemplate(readDocument(saved).template ?? {}).target.columns).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'note', type: 'text' },
    ])
    await look('more')
    expect(await field('target.columns.1.name').inputValue()).toBe('note')
    await field('target.postgresInstanceSize').fill('')
    await field('target.usePgbouncer').uncheck()
    await at('remove-column-1').click()
    await at('remove-column-0').click()
    await save()
    expect(templates.saved.at(-1)?.target).toMatchObject({ postgresInstanceSize: null, usePgbouncer: false, columns: null })
    expect(await exported()).not.toMatch(/postgresInstanceSize|usePgbouncer|columns/)
  })
})

describe('a run and the template that it used', () => {
  it('leads to the version that it used, and says that there is a newer one', async () => {
    templates.keep('of-run', { template: orders(), runCount: 1 }, { template: orders({ name: 'Orders, changed' }) })
    api.keep(runDetail({ id: '01OLD', templateId: 'of-run', templateVersion: 1, newestTemplateVersion: 2 }))
    api.keep(runDetail({ id: '01GONE', templateVersion: 4, newestTemplateVersion: null }))
    await page.goto(`${api.url}/runs/01GONE`)
    await at('run-template').getByText('template v4, deleted').waitFor()
    await page.goto(`${api.url}/runs/01OLD`)
    await at('run-template-newer').getByText('v2 is newer').waitFor()
    await at('run-template-version').click()
    await page.waitForURL(/templates\/of-run\?version=1$/)
    await at('old-version').waitFor()
  })
})

describe('the import of a template', () => {
  const openDialog = async (): Promise<void> => {
    await page.goto(`${api.url}/templates`)
    await at('import-template').click()
  }

  it('tells what is wrong with a document, by its line', async () => {
    await openDialog()
    await at('import-text').fill('name: Orders\ntarget: [table\n')
    await at('import-template-problems')
      .getByText(/Line [23], column/)
      .first()
      .waitFor()
    expect(await at('import-template-save').isDisabled()).toBe(true)
    await at('import-text').fill('name: Orders\ntarget:\n  table: orders\noperations:\n  pointLookup: { weight: 90 }\n')
    await at('import-template-problems')
      .getByText(/sum to 100/)
      .waitFor()
  })

  it('asks for a connection where the one that is named is not here, and opens what it made', async () => {
    await openDialog()
    await at('template-file').setInputFiles({
      name: 'lookups.yaml',
      mimeType: 'application/yaml',
      buffer: Buffer.from(
        'name: Brought in\ntarget:\n  connection: elsewhere\n  table: orders\noperations:\n  pointLookup: { weight: 100 }\n',
      ),
    })
    await at('import-missing-connection').getByText('elsewhere').waitFor()
    await at('import-connection').selectOption({ label: 'bench database' })
    await at('import-template-save').click()
    await page.waitForURL(/\/templates\/01MADEUP/)
    await page.getByRole('heading', { name: 'Brought in' }).first().waitFor()
  })

  it('can be opened in the editor first, with its table, where it names no connection', async () => {
    await openDialog()
    await at('import-text').fill(
      'name: Loose\ntarget: { table: orders, postgresInstanceSize: BURST_S }\noperations: { pointLookup: { weight: 100 } }',
    )
    await at('import-open-editor').click()
    await page.waitForURL(/\/templates\/new/)
    await field('target.connectionId').waitFor()
    expect(await field('target.connectionId').inputValue()).toBe('01POSTGRES')
    expect(await field('target.table').inputValue()).toBe('orders')
    expect(await field('target.postgresInstanceSize').inputValue()).toBe('BURST_S')
  })
})

describe('the list of templates', () => {
  it('leads to the editor, of one and of a new one', async () => {
    templates.keep('listed', { template: orders({ name: 'Listed' }) })
    await page.goto(`${api.url}/templates`)
    await page.locator('[data-testid="template-row"][data-template="Listed"] [data-testid="edit-template"]').click()
    await page.waitForURL(/templates\/listed$/)
    await page.goto(`${api.url}/templates`)
    await at('new-template').click()
    await page.waitForURL(/templates\/new$/)
  })

  it('begins with a connection where there is none, and with a template where there is one', async () => {
    for (const [connections, shown, leadsTo] of [
      [[], 'no-connections', /\/connections$/],
      [undefined, 'no-templates', /\/templates\/new$/],
    ] as const) {
      const bare = await startConsoleApi(madeUpTemplates(connections).answers)
      await page.goto(`${bare.url}/templates`)
      await at(shown).getByRole('button').first().click()
      await page.waitForURL(leadsTo)
      await page.goto('about:blank')
      await bare.close()
    }
  })

  it('complains of nothing', () => {
    expect(browser.complaints).toEqual([])
  })
})
