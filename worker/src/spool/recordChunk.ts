import type { ErrorCategory, Execution } from '@flakebench/contract'
import { ERROR_CATEGORIES } from '@flakebench/contract'
import { AT, FLAG, MARK, NO_CATEGORY, RECORD_BYTES } from './format.ts'

const DOUBLES = RECORD_BYTES / 8
const WORDS = RECORD_BYTES / 4
const HALVES = RECORD_BYTES / 2
const INDEX_OF_CATEGORY: ReadonlyMap<ErrorCategory, number> = new Map(ERROR_CATEGORIES.map((category, index) => [category, index]))

/** Records in memory, in a buffer that is used again and again. Written to without allocating anything. */
export class RecordChunk {
  readonly capacity: number
  count = 0
  readonly #bytes: Uint8Array
  readonly #doubles: Float64Array
  readonly #words: Uint32Array
  readonly #halves: Uint16Array

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(capacity * RECORD_BYTES)
    this.capacity = capacity
    this.#bytes = new Uint8Array(buffer)
    this.#doubles = new Float64Array(buffer)
    this.#words = new Uint32Array(buffer)
    this.#halves = new Uint16Array(buffer)
  }

  get isFull(): boolean {
    return this.count === this.capacity
  }

  /** Of the records from one to another. */
  bytes(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from * RECORD_BYTES, to * RECORD_BYTES)
  }

  /** Adds a record; only where it is not full. What the execution returned, failed with, and is called is told by the methods below. */
  put(
    operationIndex: number,
    connection: number,
    phase: Execution['phase'],
    isCounted: boolean,
    isSuccess: boolean,
    isRetried: boolean,
    intendedStartMs: number,
    startMs: number,
    endMs: number,
    rows: number | null,
    category: ErrorCategory | null,
    text: number,
  ): void {
    const index = this.count
    this.count = index + 1
    const doubles = this.#doubles
    const halves = this.#halves
    const bytes = this.#bytes
    doubles[index * DOUBLES + AT.intended / 8] = intendedStartMs
    doubles[index * DOUBLES + AT.start / 8] = startMs
    doubles[index * DOUBLES + AT.end / 8] = endMs
    doubles[index * DOUBLES + AT.rows / 8] = rows === null ? Number.NaN : rows
    this.#words[index * WORDS + AT.connection / 4] = connection
    halves[index * HALVES + AT.operation / 2] = operationIndex
    halves[index * HALVES + AT.error / 2] = text
    const at = index * RECORD_BYTES
    bytes[at + AT.flags] =
      (phase === 'MEASUREMENT' ? 1 : phase === 'WARMUP' ? 0 : 2) |
      (isCounted ? FLAG.counted : 0) |
      (isSuccess ? FLAG.success : 0) |
      (isRetried ? FLAG.retried : 0)
    bytes[at + AT.category] = category === null ? NO_CATEGORY : (INDEX_OF_CATEGORY.get(category) as number)
    bytes[at + AT.mark] = MARK
  }

  /** Of the record put last. @returns false: it is no UUID, and is not kept */
  putUuid(queryId: string): boolean {
    const at = (this.count - 1) * RECORD_BYTES
    if (!writeUuid(queryId, this.#bytes, at + AT.queryId)) return false
    ;(this.#bytes[at + AT.flags] as number) |= FLAG.queryIdUuid
    return true
  }

  /** Of the record put last: its query id is this text. */
  putQueryIdText(text: number): void {
    const index = this.count - 1
    this.#words[index * WORDS + AT.queryId / 4] = text
    ;(this.#bytes[index * RECORD_BYTES + AT.flags] as number) |= FLAG.queryIdText
  }
}

const UUID_CHARACTERS = 36
const NOT_HEX = 0xff
const HEX = new Uint8Array(128).fill(NOT_HEX)
for (let digit = 0; digit < 16; digit++) HEX[digit.toString(16).charCodeAt(0)] = digit

const hexAt = (text: string, at: number): number => HEX[text.charCodeAt(at)] ?? NOT_HEX
const isDash = (text: string, at: number): boolean => text.charCodeAt(at) === 45

/** In lower case, as it is read again. */
const writeUuid = (text: string, into: Uint8Array, at: number): boolean => {
  if (text.length !== UUID_CHARACTERS) return false
  if (!(isDash(text, 8) && isDash(text, 13) && isDash(text, 18) && isDash(text, 23))) return false
  let from = 0
  for (let byte = 0; byte < 16; byte++) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) from += 1
    const high = hexAt(text, from)
    const low = hexAt(text, from + 1)
    if (high === NOT_HEX || low === NOT_HEX) return false
    into[at + byte] = (high << 4) | low
    from += 2
  }
  return true
}
