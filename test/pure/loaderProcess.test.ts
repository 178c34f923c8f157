import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Loaded, loaderOn } from '../../server/src/orchestrator/processing/loaderProcess.ts'

/** The outcome of a loader that does this. */
const loadWith = async (
  program: string,
  signal = new AbortController().signal,
): Promise<{ loaded: Loaded; done: number[]; log: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-loader-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const workerMain = join(folder, 'main.mjs')
  writeFileSync(workerMain, program)
  const done: number[] = []
  const load = loaderOn({ workerMain, environment: {}, logFolder: folder, silenceMs: 1_500 })
  const loaded = await load({ runId: 'R', epoch: 3, folders: ['/a', '/b c'] }, one => done.push(one), signal)
  return { loaded, done, log: readFileSync(join(folder, 'R', 'loader.log'), 'utf8') }
}

it('hands over where to look, and what it was told', async () => {
  const { loaded, done, log } = await loadWith(`
    process.send({ type: 'PROGRESS', done: 5, total: 9 })
    console.log(process.argv.slice(2).join('|'))
    process.send({ type: 'DONE', unread: ['one'] }, () => process.exit())`)
  expect(loaded).toEqual({ unread: ['one'], fault: null })
  expect(done).toEqual([5])
  expect(log.trim()).toBe('load-executions|--run-id|R|--epoch|3|--folder|/a|--folder|/b c')
})

it('ends a loader that says nothing any more, and says so', async () => {
  const { loaded } = await loadWith(`
    process.on('SIGTERM', () => {})
    process.send({ type: 'PROGRESS', done: 5, total: 9 })
    setInterval(() => {}, 1_000)`)
  expect(loaded).toEqual({ unread: [], fault: expect.stringMatching(/^The loader said nothing for .* and was ended$/) })
})
