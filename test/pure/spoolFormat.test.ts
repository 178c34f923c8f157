import { appendFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Execution } from '@flakebench/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeRecords } from '../../worker/src/spool/decodeRecords.ts'
import { MOST_TEXTS, manifestOf, NO_TEXT, OTHER_TEXT, RECORD_BYTES } from '../../worker/src/spool/format.ts'
import { listSpools } from '../../worker/src/spool/readSpool.ts'
import { RecordChunk } from '../../worker/src/spool/recordChunk.ts'
import { SpoolTexts } from '../../worker/src/spool/spoolTexts.ts'
import { forAll, seeded } from '../kit/seeded.ts'
import { addTo, anyExecution, readSpools, STATEMENTS, spoolFolder } from '../kit/spoolKit.ts'

let place: ReturnType<typeof spoolFolder>
beforeEach(() => {
  place = spoolFolder()
})
afterEach(() => place.remove())

const some = (count: number, seed = 7): Execution[] => {
  const random = seeded(seed)
  return Array.from({ length: count }, (_, number) => anyExecution(random, number))
}

const pathOf = (name: string, attempt = 1): string => join(place.folder, 'R', `worker-0.${attempt}`, name)

const linesOf = (texts: SpoolTexts): string[] =>
  texts
    .takeLines()
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as string)

describe('a record of the spool', () => {
  it('says the same when it is read as when it was written', () => {
    const manifest = manifestOf({ runId: 'R', workerId: 'worker-0', attempt: 1 }, STATEMENTS)
    const chunk = new RecordChunk(40)
    forAll(random => {
      const texts = new SpoolTexts()
      const first = random.whole(0, 10_000_000)
      const count = random.whole(0, chunk.capacity)
      const added = Array.from({ length: count }, (_, i) => anyExecution(random, first + i))
      chunk.count = 0
      for (const one of added) {
        const index = STATEMENTS.findIndex(({ label }) => label === one.label)
        const text = one.error === null ? NO_TEXT : texts.numberOf(one.error)
        const moments = [one.intendedStartMs, one.startMs, one.endMs] as const
        chunk.put(index, one.connection, one.phase, one.counted, one.success, one.retried, ...moments, one.rows, one.errorCategory, text)
        if (one.queryId !== null && !chunk.putUuid(one.queryId)) chunk.putQueryIdText(texts.numberOfQueryId(one.queryId) as number)
      }
      expect(decodeRecords(chunk.bytes(0, count), first, { manifest, texts: linesOf(texts) })).toEqual({ executions: added, spoilt: 0 })
    }, 300)
  })

  it('refers to at most 10,000 texts, and then to one that says so', () => {
    const texts = new SpoolTexts()
    const numbers = Array.from({ length: MOST_TEXTS + 3 }, (_, i) => texts.numberOf(`error ${i}`))
    const lines = linesOf(texts)
    expect(lines).toHaveLength(MOST_TEXTS + 1)
    expect(numbers.slice(-3).map(number => lines[number])).toEqual([OTHER_TEXT, OTHER_TEXT, OTHER_TEXT])
    expect(lines[texts.numberOf('error 9')]).toBe('error 9')
    expect(OTHER_TEXT).toContain('10,000')
  })

  it('leaves half of the texts to the errors, however many query ids there are that are no UUIDs', () => {
    const texts = new SpoolTexts()
    const numbers = Array.from({ length: MOST_TEXTS }, (_, i) => texts.numberOfQueryId(`job ${i}`))
    expect(numbers.filter(number => number !== null)).toHaveLength(MOST_TEXTS / 2)
    const number = texts.numberOf('deadlock detected')
    expect(linesOf(texts)[number]).toBe('deadlock detected')
  })

  it('keeps 500 characters of a text', () => {
    const texts = new SpoolTexts()
    texts.numberOf('y'.repeat(700))
    expect(linesOf(texts)).toEqual(['y'.repeat(500)])
  })
})

describe('a spool on disk', () => {
  it('holds every execution once, numbered over all files', async () => {
    const spool = await place.open({ chunkRecords: 64, recordsPerFile: 100 })
    const added = some(730)
    for (const [i, execution] of added.entries()) {
      addTo(spool, execution)
      while (i - spool.report().spooled > 100) await new Promise(resolve => setImmediate(resolve))
    }
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'CLOSED', spooled: 730, dropped: 0 })
    const [onDisk] = await listSpools(place.folder, 'R')
    expect(onDisk).toMatchObject({ workerId: 'worker-0', attempt: 1, manifest: { runId: 'R', operations: STATEMENTS } })
    expect(onDisk?.files.map(({ number, bytes }) => [number, bytes / RECORD_BYTES])).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7].map(number => [number, 100]),
      [8, 30],
    ])
    expect(await readSpools(place.folder, 'R')).toEqual(added)
    expect(place.said).toEqual([])
  })

  it('numbers the executions of a file also when the files before it are gone', async () => {
    const spool = await place.open({ recordsPerFile: 10 })
    const added = some(25)
    for (const execution of added) addTo(spool, execution)
    await spool.close()
    rmSync(pathOf('000001.spool'))
    rmSync(pathOf('000002.spool'))
    expect(await readSpools(place.folder, 'R')).toEqual(added.slice(20))
  })

  it('is read to the last whole execution, and what was torn is told', async () => {
    const spool = await place.open()
    const added = some(12)
    for (const execution of added) addTo(spool, execution)
    await spool.close()
    const path = pathOf('000001.spool')
    truncateSync(path, statSync(path).size - 20)
    appendFileSync(pathOf('errors.jsonl'), '"a text that was not wri')
    const told: string[] = []
    expect(await readSpools(place.folder, 'R', sentence => told.push(sentence))).toEqual(added.slice(0, 11))
    expect(told).toEqual([`The last execution in ${path} was not written to its end`])
  })

  it('takes what a crash of the machine left empty for no executions, and tells it', async () => {
    const spool = await place.open()
    const added = some(5)
    for (const execution of added) addTo(spool, execution)
    await spool.close()
    appendFileSync(pathOf('000001.spool'), new Uint8Array(3 * RECORD_BYTES))
    const told: string[] = []
    expect(await readSpools(place.folder, 'R', sentence => told.push(sentence))).toEqual(added)
    expect(told).toEqual([expect.stringMatching(/^3 executions in .*000001\.spool cannot be read: the machine lost/)])
  })

  it('is listed by worker and attempt; what cannot be read is told, and what never began is left out', async () => {
    const named = [
      ['worker-10', 1],
      ['worker-2', 2],
      ['worker-2', 1],
    ] as const
    for (const [workerId, attempt] of named) await (await place.open({ identity: { runId: 'R', workerId, attempt } })).close()
    mkdirSync(join(place.folder, 'R', 'worker-3.1'))
    mkdirSync(join(place.folder, 'R', 'worker-4.1'))
    writeFileSync(join(place.folder, 'R', 'worker-4.1', '000001.spool'), new Uint8Array(RECORD_BYTES))
    mkdirSync(join(place.folder, 'R', 'worker-5.1'))
    const newer = { ...manifestOf({ runId: 'R', workerId: 'worker-5', attempt: 1 }, STATEMENTS), version: 9 }
    writeFileSync(join(place.folder, 'R', 'worker-5.1', 'manifest.json'), JSON.stringify(newer))
    const told: string[] = []
    const spools = await listSpools(place.folder, 'R', sentence => told.push(sentence))
    expect(spools.map(({ workerId, attempt }) => `${workerId}.${attempt}`)).toEqual(['worker-2.1', 'worker-2.2', 'worker-10.1'])
    expect(told).toEqual([expect.stringMatching(/worker-4\.1 cannot be read/), expect.stringMatching(/worker-5\.1.*another version \(9\)/)])
    expect(await listSpools(place.folder, 'another run')).toEqual([])
    expect(readFileSync(pathOf('manifest.json').replace('worker-0', 'worker-2'), 'utf8')).toContain('"worker-2"')
  })
})
