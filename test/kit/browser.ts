import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(path => existsSync(path))

/** Headless, as root too, and without a word to the outside. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real browser with a fresh profile, which also keeps what pages complain of. */
export interface TestBrowser {
  page(): Promise<Page>
  /** Errors of scripts and of the console, but for connections that were refused. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export const openBrowser = async (): Promise<TestBrowser> => {
  if (CHROMIUM === undefined) throw new Error('The browser tests need Chromium: apt-get install chromium')
  const profile = mkdtempSync(join(tmpdir(), 'flakebench-browser-'))
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: ARGUMENTS,
    viewport: { width: 1280, height: 800 },
  })
  const complaints: string[] = []
  return {
    page: async () => {
      const page = await context.newPage()
      page.on('pageerror', error => complaints.push(error.message))
      page.on('console', message => {
        if (message.type() === 'error' && !/ERR_CONNECTION|ERR_EMPTY|ERR_SOCKET|WebSocket/.test(message.text()))
          complaints.push(message.text())
      })
      return page
    },
    complaints,
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
