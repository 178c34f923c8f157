import { Buffer } from 'node:buffer'
import type { Execution } from '@flakebench/contract'
import { wordsBind } from '../client/columns.ts'
import { EXECUTION_COLUMNS, LONGEST } from './executionColumns.ts'

/** What begins and ends a COPY … (FORMAT binary). Source: PostgreSQL's documentation of COPY, "Binary Format". */
export const COPY_HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
export const COPY_TRAILER = Buffer.from([0xff, 0xff])

const CHUNK_BYTES = 512 * 1_024
/** Of a row without its texts: lengths and numbers. */
const FIXED_BYTES = 2 + EXECUTION_COLUMNS.length * 12
/** Of a UTF-16 unit in UTF-8, at most. */
const BYTES_PER_CHARACTER = 3
const TWO_TO_32 = 2 ** 32

/**
 * Rows of QUERY_EXECUTIONS as COPY … (FORMAT binary) takes them, in the order of EXECUTION_COLUMNS: without header and trailer, each in chunks of half a
 * megabyte. A character that UTF-8 or PostgreSQL does not have (half of a pair, NUL) is replaced or left out.
 */
export const copyEncoder = (runId: string): ((executions: readonly Execution[]) => Buffer[]) => {
  const run = lengthAnd(runId)
  const known = new Map<string, Buffer>()
  /** Words that come again with each row: kinds, labels, workers. */
  const word = (text: string): Buffer => {
    let bytes = known.get(text)
    if (bytes === undefined) {
      bytes = lengthAnd(wordsBind(text, LONGEST.label) ?? '')
      known.set(text, bytes)
    }
    return bytes
  }
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let at = 0

  const writeWord = (bytes: Buffer): void => {
    chunk.set(bytes, at)
    at += bytes.length
  }
  const writeNull = (): void => {
    at = chunk.writeInt32BE(-1, at)
  }
  const writeText = (text: string): void => {
    const length = chunk.write(text, at + 4, 'utf8')
    chunk.writeInt32BE(length, at)
    at += 4 + length
  }
  const writeTextOrNull = (text: string | null, most: number): void => {
    const words = wordsBind(text, most)
    if (words === null) writeNull()
    else writeText(words)
  }
  const writeFlag = (flag: boolean): void => {
    at = chunk.writeInt32BE(1, at)
    at = chunk.writeUInt8(flag ? 1 : 0, at)
  }
  const writeDouble = (value: number): void => {
    at = chunk.writeInt32BE(8, at)
    at = chunk.writeDoubleBE(value, at)
  }
  const writeWhole = (value: number): void => {
    const whole = Math.trunc(value)
    at = chunk.writeInt32BE(8, at)
    at = chunk.writeInt32BE(Math.floor(whole / TWO_TO_32), at)
    at = chunk.writeUInt32BE(((whole % TWO_TO_32) + TWO_TO_32) % TWO_TO_32, at)
  }

  const writeRow = (one: Execution): void => {
    at = chunk.writeInt16BE(EXECUTION_COLUMNS.length, at)
    writeText(one.id)
    writeWord(run)
    writeWord(word(one.workerId))
    at = chunk.writeInt32BE(4, at)
    at = chunk.writeInt32BE(one.connection, at)
    writeTextOrNull(one.queryId, LONGEST.queryId)
    writeWord(word(one.kind))
    writeWord(word(one.label))
    writeWord(word(one.phase))
    writeFlag(one.counted)
    writeDouble(one.intendedStartMs)
    writeDouble(one.startMs)
    writeDouble(one.endMs)
    writeDouble(one.responseMs)
    if (one.rows === null) writeNull()
    else writeWhole(one.rows)
    writeFlag(one.success)
    writeFlag(one.retried)
    if (one.errorCategory === null) writeNull()
    else writeWord(word(one.errorCategory))
    writeTextOrNull(one.error, LONGEST.error)
    if (one.errorGroup === null) writeNull()
    else writeText(one.errorGroup)
  }

  return executions => {
    const chunks: Buffer[] = []
    for (const one of executions) {
      if (at + mostBytesOf(one, run.length) > chunk.length) {
        chunks.push(chunk.subarray(0, at))
        // The one before may be on its way still.
        chunk = Buffer.allocUnsafe(CHUNK_BYTES)
        at = 0
      }
      writeRow(one)
    }
    if (at > 0) chunks.push(chunk.subarray(0, at))
    chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    at = 0
    return chunks
  }
}

const lengthAnd = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8')
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

const mostBytesOf = (one: Execution, runBytes: number): number =>
  FIXED_BYTES +
  runBytes +
  BYTES_PER_CHARACTER *
    (one.id.length +
      one.workerId.length +
      one.kind.length +
      one.label.length +
      one.phase.length +
      (one.queryId?.length ?? 0) +
      (one.errorCategory?.length ?? 0) +
      (one.error?.length ?? 0) +
      (one.errorGroup?.length ?? 0))
