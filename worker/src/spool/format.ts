import { ERROR_CATEGORIES, type ErrorCategory, type Execution, type RunStatement } from '@flakebench/contract'

/**
 * What a spool looks like on disk: `<spool folder>/<run id>/<worker id>.<attempt>/` holds `manifest.json`, `errors.jsonl`
 * and the files `000001.spool`, `000002.spool` … of fixed-size records, each but the last one full. The number of an execution is its record's position
 * over all files. Numbers stand in the byte order of the machine, which is the one that reads them again.
 */
export const SPOOL_VERSION = 1
export const MANIFEST_FILE = 'manifest.json'
/** A JSON string a line: the distinct texts that records refer to by the number of the line, from 0. A text is there before any record that uses it. */
export const ERRORS_FILE = 'errors.jsonl'

/** Bytes of a record, and where its parts stand in it. */
export const RECORD_BYTES = 64
export const AT = {
  /** Float64, milliseconds from the agreed start. */
  intended: 0,
  start: 8,
  end: 16,
  /** Float64; NaN: null. */
  rows: 24,
  /** Sixteen bytes of a UUID; or Uint32, the number of a text: as the flags say. */
  queryId: 32,
  /** Uint32. */
  connection: 48,
  /** Uint16. */
  operation: 52,
  /** Uint16; NO_TEXT: none. */
  error: 54,
  /** Uint8 each. */
  flags: 56,
  category: 57,
  mark: 58,
} as const

/** Stands in every record: a stretch of zeros that a crash of the machine left in a file is none. */
export const MARK = 0xa7
export const NO_TEXT = 0xffff
export const NO_CATEGORY = 0xff
export const PHASES = ['WARMUP', 'MEASUREMENT', 'PROCESSING'] as const satisfies readonly Execution['phase'][]
/** The lowest two bits of the flags are the index of the phase. */
export const PHASE_BITS = 0b11
export const FLAG = { counted: 4, success: 8, retried: 16, queryIdUuid: 32, queryIdText: 64 } as const

/** 64 MB. */
export const RECORDS_PER_FILE = (64 * 1_024 * 1_024) / RECORD_BYTES
/** As long as a text may be. */
export const TEXT_CHARACTERS = 500
/** Different texts that are kept; then there is one more, which stands for all others. */
export const MOST_TEXTS = 10_000
export const OTHER_TEXT = `The text was not kept: this worker had met ${MOST_TEXTS.toLocaleString('en')} different ones before`

/** `manifest.json`: what the records of a spool refer to. */
export interface SpoolManifest {
  readonly version: number
  readonly recordBytes: number
  /** Every file but the last holds so many. */
  readonly recordsPerFile: number
  readonly runId: string
  readonly workerId: string
  readonly attempt: number
  /** By operation index. */
  readonly operations: readonly RunStatement[]
  /** Records hold the index. */
  readonly errorCategories: readonly ErrorCategory[]
}

export type SpoolIdentity = Pick<SpoolManifest, 'runId' | 'workerId' | 'attempt'>

export const manifestOf = (
  { runId, workerId, attempt }: SpoolIdentity,
  operations: readonly RunStatement[],
  recordsPerFile = RECORDS_PER_FILE,
): SpoolManifest => ({
  version: SPOOL_VERSION,
  recordBytes: RECORD_BYTES,
  recordsPerFile,
  runId,
  workerId,
  attempt,
  operations,
  errorCategories: ERROR_CATEGORIES,
})

/** The folder of one attempt of a worker, below that of its run. */
export const spoolFolderName = (workerId: string, attempt: number): string => `${workerId}.${attempt}`
/** @param number from 1 */
export const spoolFileName = (number: number): string => `${String(number).padStart(6, '0')}.spool`
/** @returns null: not the name of such a file */
export const numberOfSpoolFile = (name: string): number | null => {
  const digits = /^(\d{6,})\.spool$/.exec(name)?.[1]
  return digits === undefined ? null : Number(digits)
}
