import { Buffer } from 'node:buffer'
import type { Execution } from '@flakebench/contract'
import { AT, FLAG, MARK, NO_CATEGORY, NO_TEXT, PHASE_BITS, PHASES, RECORD_BYTES, type SpoolManifest } from './format.ts'

/** What a record refers to. */
export interface SpoolTexts {
  readonly manifest: SpoolManifest
  /** The lines of `errors.jsonl`. */
  readonly texts: readonly string[]
}

export interface DecodedRecords {
  readonly executions: readonly Execution[]
  /** Records that are none: a crash of the machine left them empty, or they refer to what the manifest does not have. */
  readonly spoilt: number
}

const LOST_TEXT = 'The text is lost'

/**
 * The executions in whole records. Their `errorGroup` is null: whoever loads them groups them.
 * @param bytes begins at a record, at a multiple of 8 in its buffer; an incomplete record at the end is left out
 * @param firstNumber of the first record, over all files of the spool
 */
export const decodeRecords = (bytes: Uint8Array, firstNumber: number, { manifest, texts }: SpoolTexts): DecodedRecords => {
  const { workerId, attempt, operations, errorCategories } = manifest
  const count = Math.floor(bytes.byteLength / RECORD_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
  const executions: Execution[] = []
  const textAt = (index: number): string => texts[index] ?? LOST_TEXT
  for (let i = 0; i < count; i++) {
    const at = i * RECORD_BYTES
    const operation = operations[view.getUint16(at + AT.operation, isLittle)]
    const flags = view.getUint8(at + AT.flags)
    const phase = PHASES[flags & PHASE_BITS]
    if (view.getUint8(at + AT.mark) !== MARK || operation === undefined || phase === undefined) continue
    const intendedStartMs = view.getFloat64(at + AT.intended, isLittle)
    const endMs = view.getFloat64(at + AT.end, isLittle)
    const rows = view.getFloat64(at + AT.rows, isLittle)
    const category = view.getUint8(at + AT.category)
    const text = view.getUint16(at + AT.error, isLittle)
    let queryId: string | null = null
    if ((flags & FLAG.queryIdUuid) !== 0) queryId = uuidOf(raw.toString('hex', at + AT.queryId, at + AT.queryId + 16))
    else if ((flags & FLAG.queryIdText) !== 0) queryId = texts[view.getUint32(at + AT.queryId, isLittle)] ?? null
    executions.push({
      id: `${workerId}.${attempt}.${firstNumber + i}`,
      workerId,
      connection: view.getUint32(at + AT.connection, isLittle),
      kind: operation.kind,
      label: operation.label,
      phase,
      counted: (flags & FLAG.counted) !== 0,
      intendedStartMs,
      startMs: view.getFloat64(at + AT.start, isLittle),
      endMs,
      responseMs: endMs - intendedStartMs,
      rows: Number.isNaN(rows) ? null : rows,
      success: (flags & FLAG.success) !== 0,
      retried: (flags & FLAG.retried) !== 0,
      errorCategory: category === NO_CATEGORY ? null : (errorCategories[category] ?? 'OTHER'),
      error: text === NO_TEXT ? null : textAt(text),
      errorGroup: null,
      queryId,
    })
  }
  return { executions, spoilt: count - executions.length }
}

const uuidOf = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
