import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { countOf, type Execution } from '@flakebench/contract'
import { messageOf } from '../failure.ts'
import { decodeRecords } from './decodeRecords.ts'
import { ERRORS_FILE, MANIFEST_FILE, numberOfSpoolFile, RECORD_BYTES, SPOOL_VERSION, type SpoolManifest } from './format.ts'

export interface SpoolFile {
  /** From 1. */
  readonly number: number
  readonly path: string
  /** When it was listed: what is appended later is not read. */
  readonly bytes: number
}

/** What one attempt of a worker left on this disk, or what is left of it. */
export interface SpoolOnDisk {
  readonly folder: string
  readonly workerId: string
  readonly attempt: number
  readonly manifest: SpoolManifest
  /** The lines of `errors.jsonl`. */
  readonly texts: readonly string[]
  /** By number; those that were loaded and deleted are missing. */
  readonly files: readonly SpoolFile[]
}

/** Told one sentence about what cannot be read. */
export type TellUnread = (sentence: string) => void

/** 256 KB: what is decoded in one turn of the event loop. */
const BATCH_RECORDS = 4_096

/** The spools of a run on this disk, by worker and attempt. What cannot be read is told, and left out. */
export const listSpools = async (folder: string, runId: string, unread: TellUnread = () => undefined): Promise<SpoolOnDisk[]> => {
  const ofRun = join(folder, runId)
  const spools: SpoolOnDisk[] = []
  for (const name of (await namesIn(ofRun, unread)).sort()) {
    try {
      const spool = await readSpoolFolder(join(ofRun, name))
      if (spool !== null) spools.push(spool)
    } catch (error) {
      unread(`The executions in ${join(ofRun, name)} cannot be read: ${messageOf(error)}`)
    }
  }
  return spools.sort((a, b) => a.workerId.localeCompare(b.workerId, 'en', { numeric: true }) || a.attempt - b.attempt)
}

/**
 * The executions of one file in the order of their numbers, in batches. What cannot be read is told, and left out: a record that was not written to its
 * end, or one that a crash of the machine spoilt.
 * @throws what the file system says
 */
export async function* readSpoolFile(
  spool: SpoolOnDisk,
  file: SpoolFile,
  unread: TellUnread = () => undefined,
): AsyncIterable<readonly Execution[]> {
  const whole = Math.floor(file.bytes / RECORD_BYTES)
  let spoilt = 0
  let number = (file.number - 1) * spool.manifest.recordsPerFile
  const buffer = new Uint8Array(new ArrayBuffer(BATCH_RECORDS * RECORD_BYTES))
  const opened = await open(file.path)
  try {
    for (let left = whole; left > 0; ) {
      const wanted = Math.min(left, BATCH_RECORDS)
      const bytes = await readFully(opened, buffer, (whole - left) * RECORD_BYTES, wanted * RECORD_BYTES)
      const batch = decodeRecords(buffer.subarray(0, bytes), number, spool)
      spoilt += wanted - batch.executions.length
      number += wanted
      left -= wanted
      if (batch.executions.length > 0) yield batch.executions
    }
  } finally {
    await opened.close()
  }
  if (file.bytes % RECORD_BYTES !== 0) unread(`The last execution in ${file.path} was not written to its end`)
  if (spoilt > 0) unread(`${countOf(spoilt, 'execution')} in ${file.path} cannot be read: the machine lost what was written last`)
}

const readSpoolFolder = async (folder: string): Promise<SpoolOnDisk | null> => {
  const files: SpoolFile[] = []
  const names = await readdir(folder)
  for (const name of names) {
    const number = numberOfSpoolFile(name)
    const path = join(folder, name)
    if (number !== null) files.push({ number, path, bytes: (await stat(path)).size })
  }
  // Killed before it had begun: there is nothing to read.
  if (files.length === 0 && !names.includes(MANIFEST_FILE)) return null
  const manifest = JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8')) as SpoolManifest
  if (manifest.version !== SPOOL_VERSION || manifest.recordBytes !== RECORD_BYTES)
    throw new Error(`it was written by another version (${manifest.version}): load it with that one`)
  const { workerId, attempt } = manifest
  return { folder, workerId, attempt, manifest, texts: await readTexts(folder), files: files.sort((a, b) => a.number - b.number) }
}

/** A last line without its end was never referred to. */
const readTexts = async (folder: string): Promise<string[]> => {
  const lines = (await readFile(join(folder, ERRORS_FILE), 'utf8').catch(nothingThere)).split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as string)
}

const namesIn = async (folder: string, unread: TellUnread): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (!isMissing(error)) unread(`The executions in ${folder} cannot be read: ${messageOf(error)}`)
    return []
  }
}

const nothingThere = (error: unknown): string => {
  if (isMissing(error)) return ''
  throw error
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** @returns bytes read: fewer where the file has become shorter */
const readFully = async (file: FileHandle, into: Uint8Array, position: number, length: number): Promise<number> => {
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(into, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}
