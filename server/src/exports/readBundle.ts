import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { RUN_TABLES, type RunTable } from '@flakebench/store'
import { Refusal } from '../refusal.ts'
import { BUNDLE_FORMAT, BUNDLE_VERSION, type BundleEnd, type BundleHead } from './bundle.ts'

/** A row of a bundle, not yet checked. */
export interface BundleRow {
  readonly line: number
  readonly table: RunTable
  readonly row: unknown
}

/** Longer than the largest row there is: an interval with its histograms. */
const LONGEST_LINE = 16 * 1024 * 1024
/** No bundle of ours comes near this: rows of a run repeat their columns' names, and little else. */
const MOST_TIMES_UNPACKED = 100
const ALWAYS_UNPACKED = 64 * 1024 * 1024

export const badBundle = (because: string): Refusal =>
  new Refusal('VALIDATION_FAILED', `This is no bundle that can be brought in: ${because}`)

/**
 * The rows of a bundle in order, as it is unpacked: never more of it in memory than a line.
 * @param onHead hears of the first line before any row is given
 * @throws Refusal for what is no bundle, is of another version, was cut off, or unpacks to far more than bundles do
 */
export const readBundle = async function* (path: string, onHead: (head: BundleHead) => void): AsyncGenerator<BundleRow> {
  const most = ALWAYS_UNPACKED + MOST_TIMES_UNPACKED * (await stat(path)).size
  let line = 0
  let rows = 0
  let end: BundleEnd | null = null
  for await (const text of linesOf(path, most)) {
    line += 1
    const content = parse(text, line)
    if (line === 1) {
      onHead(headOf(content))
      continue
    }
    if (end !== null) throw badBundle(`line ${line} comes after its end`)
    if (content['end'] === true) end = { end: true, rows: Number(content['rows']) }
    else {
      rows += 1
      yield { line, table: tableOf(content['table'], line), row: content['row'] }
    }
  }
  if (line === 0) throw badBundle('it is empty')
  if (end === null) throw badBundle('its end is missing: export the run once more, and send the whole file')
  if (end.rows !== rows) throw badBundle(`it should hold ${end.rows} rows, and holds ${rows}`)
}

const parse = (text: string, line: number): Readonly<Record<string, unknown>> => {
  try {
    const content: unknown = JSON.parse(text)
    if (typeof content === 'object' && content !== null) return content as Readonly<Record<string, unknown>>
  } catch {
    // Told below, like anything else that is no object.
  }
  throw badBundle(line === 1 ? 'it does not begin as one' : `line ${line} is no JSON object`)
}

const headOf = (content: Readonly<Record<string, unknown>>): BundleHead => {
  const { format, version, runId } = content
  if (format !== BUNDLE_FORMAT) throw badBundle('it does not begin as one')
  if (version !== BUNDLE_VERSION)
    throw badBundle(
      `it is of version ${String(version).slice(0, 20)}, and version ${BUNDLE_VERSION} is known here: export it with the same version of FlakeBench`,
    )
  if (typeof runId !== 'string' || !/^[0-9A-HJKMNP-TV-Z]{26}$/.test(runId)) throw badBundle('it does not say which run it is of')
  return content as unknown as BundleHead
}

const tableOf = (name: unknown, line: number): RunTable => {
  const table = RUN_TABLES.find(one => one.name === name)
  if (table === undefined) throw badBundle(`line ${line} is of a table that no run has rows in`)
  return table
}

const NEW_LINE = 10

const linesOf = async function* (path: string, mostUnpacked: number): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let length = 0
  let unpacked = 0
  const file = createReadStream(path)
  const gunzip = createGunzip()
  file.on('error', error => gunzip.destroy(error))
  try {
    for await (const chunk of file.pipe(gunzip) as AsyncIterable<Buffer>) {
      unpacked += chunk.length
      if (unpacked > mostUnpacked) throw badBundle('it unpacks to far more than a bundle does')
      let from = 0
      for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, at)]).toString('utf8')
        parts = []
        length = 0
        from = at + 1
      }
      if (from < chunk.length) {
        parts.push(chunk.subarray(from))
        length += chunk.length - from
        if (length > LONGEST_LINE) throw badBundle('a line of it is longer than any row')
      }
    }
  } catch (error) {
    if (isPackingFault(error)) throw badBundle('it is not packed with gzip, or was cut off or changed on its way')
    throw error
  } finally {
    file.destroy()
    gunzip.destroy()
  }
  if (length > 0) throw badBundle('it was cut off in the middle of a line')
}

const isPackingFault = (error: unknown): boolean => /^Z_/.test(String((error as { code?: unknown } | null)?.code ?? ''))
