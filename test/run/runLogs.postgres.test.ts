import type { LogLevel } from '@flakebench/contract'
import { insertLogLines, type NewLogLine, newId } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalOf } from '../kit/graphql.ts'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
import { watch } from '../kit/watchRun.ts'

let kit: RunKit
beforeAll(async () => {
  kit = await openRunKit()
})
afterAll(() => kit.close())

interface Line {
  readonly id: string
  readonly seq: string
  readonly level: LogLevel
  readonly source: string
  readonly message: string
}

interface Page {
  readonly lines: readonly Line[]
  readonly endCursor: string | null
  readonly hasMore: boolean
}

const LINES = `query ($id: ID!, $first: Int, $after: String, $levels: [LogLevel!], $sources: [String!]) {
  run(id: $id) { logs(first: $first, after: $after, levels: $levels, sources: $sources) { lines { id seq level source message } endCursor hasMore } } }`
const FOLLOW = `subscription ($runId: ID!, $afterSeq: String, $levels: [LogLevel!], $sources: [String!]) {
  runLogs(runId: $runId, afterSeq: $afterSeq, levels: $levels, sources: $sources) { id seq level source message } }`

const page = async (id: string, chosen: object = {}): Promise<Page> =>
  (await kit.graphql<{ run: { logs: Page } }>(LINES, { id, ...chosen })).run.logs

const write = async (runId: string, from: number, count: number, change: Partial<NewLogLine> = {}): Promise<void> => {
  const lines = Array.from({ length: count }, (_, i): NewLogLine => {
    const sequence = from + i
    return {
      id: newId(),
      runId,
      workerId: null,
      sequence,
      agoMs: 0,
      level: 'INFO',
      source: 'load',
      message: `${sequence}`,
      exception: null,
      ...change,
    }
  })
  await insertLogLines(kit.control.db, lines)
}

/** Follows a run's log in the background. */
const follow = (runId: string, chosen: object = {}) => {
  const { updates, first, ended } = watch<{ readonly runLogs: readonly Line[] }>(kit.server.url, FOLLOW, { runId, ...chosen })
  const told = (): readonly Line[] => updates.flatMap(({ runLogs }) => runLogs)
  return {
    told,
    messages: (): readonly string[] => told().map(({ message }) => message),
    heard: (message: string) => first(`the line ${message}`, ({ runLogs }) => runLogs.some(line => line.message === message)),
    ended,
  }
}

describe('the log of a run', () => {
  it('is read page by page, each line once, and from where one was', async () => {
    const id = await kit.prepare()
    expect(await page(id)).toEqual({ lines: [], endCursor: null, hasMore: false })
    await write(id, 1, 5)
    const found: Line[] = []
    let last: Page = { lines: [], endCursor: null, hasMore: true }
    while (last.hasMore) {
      last = await page(id, { first: 2, after: last.endCursor })
      found.push(...last.lines)
    }
    expect(found.map(({ message }) => message).sort()).toEqual(['1', '2', '3', '4', '5'])
    expect(last.endCursor).toBe(found.at(-1)?.seq)
    const none = await page(id, { after: last.endCursor })
    expect(none).toEqual({ lines: [], endCursor: last.endCursor, hasMore: false })
    await write(id, 6, 1)
    expect((await page(id, { after: none.endCursor })).lines.map(({ message }) => message)).toEqual(['6'])
  })

  it('is chosen by level and source', async () => {
    const id = await kit.prepare()
    await write(id, 1, 1, { level: 'WARN' })
    await write(id, 2, 1, { source: 'worker' })
    const chosen = async (by: object) => (await page(id, by)).lines.map(({ message }) => message)
    expect(await chosen({ levels: ['WARN', 'ERROR'] })).toEqual(['1'])
    expect(await chosen({ sources: ['worker'] })).toEqual(['2'])
    expect(await chosen({ levels: ['WARN'], sources: ['worker'] })).toEqual([])
  })

  it('is followed from its first line, or from any other, each line once, until the run is over', async () => {
    const id = await kit.prepare()
    await write(id, 1, 2)
    await write(id, 3, 2)
    const written = (await page(id)).lines
    const [all, rest] = [follow(id), follow(id, { afterSeq: written[1]?.seq })]
    const warnings = follow(id, { afterSeq: written.at(-1)?.seq, levels: ['WARN'] })
    await all.heard('4')
    await write(id, 5, 1, { level: 'WARN' })
    for (const one of [all, rest, warnings]) await one.heard('5')
    await kit.stop(id)
    await write(id, 6, 1)
    await Promise.all([all.ended, rest.ended, warnings.ended])
    const everything = (await page(id)).lines
    expect(all.told().map(line => line.id)).toEqual(everything.map(line => line.id))
    expect(rest.told().map(line => line.id)).toEqual(everything.slice(2).map(line => line.id))
    expect(warnings.messages()).toEqual(['5'])
  })

  it.each<[string, object, string]>([
    ['VALIDATION_FAILED', { first: 0 }, 'first'],
    ['VALIDATION_FAILED', { first: 1_001 }, 'first'],
    ['VALIDATION_FAILED', { after: 'nonsense' }, 'after'],
  ])('is not read with what makes no sense: %s %j', async (code, chosen, path) => {
    const { extensions } = await refusalOf(kit.server.url, LINES, { id: await kit.prepare(), ...chosen })
    expect(extensions).toMatchObject({ code, problems: [{ path }] })
  })

  it('is not followed from what is no line, nor of what is no run', async () => {
    await expect(follow(await kit.prepare(), { afterSeq: 'nonsense' }).ended).rejects.toThrow(/afterSeq: .* no cursor of a log line/)
    await expect(follow('nothing').ended).rejects.toThrow(/NOT_FOUND/)
  })
})
