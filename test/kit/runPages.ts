/// <reference lib="dom" />
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser, type TestBrowser } from './browser.ts'
import { type ConsoleApi, startConsoleApi } from './consoleApi.ts'
import type { runDetail } from './sampleRunDetail.ts'
import type { RunParts } from './sampleRunParts.ts'

/** The element with this test id. */
export const part = (name: string): string => `[data-testid="${name}"]`

export const text = async (page: Page, name: string): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: without its layout the words of neighbours run together
  (await page.locator(part(name)).first().innerText()).replaceAll(/\s+/g, ' ').trim()

/** Pages of made-up runs, in the built console: for one test file, which also says that no script complained. */
export const openRunPages = () => {
  let api: ConsoleApi
  let browser: TestBrowser
  beforeAll(async () => {
    api = await startConsoleApi()
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await api?.close()
  })
  return {
    api: () => api,
    open: async (detail: ReturnType<typeof runDetail>, query = '', parts: Partial<RunParts> = {}): Promise<Page> => {
      api.keep(detail, parts)
      const page = await browser.page()
      await page.goto(`${api.url}/runs/${detail.id}${query}`)
      await page.waitForSelector(part('run-status'))
      return page
    },
    /** The last test of the file. */
    complainOfNothing: () =>
      it('makes no script complain', () => {
        expect(browser.complaints.filter(complaint => !/favicon/.test(complaint))).toEqual([])
      }),
  }
}
