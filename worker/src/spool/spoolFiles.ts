import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import type { RunStatement } from '@flakebench/contract'
import { ERRORS_FILE, MANIFEST_FILE, manifestOf, RECORD_BYTES, type SpoolIdentity, spoolFileName, spoolFolderName } from './format.ts'
import type { AppendedFile, SpoolDisk } from './spoolDisk.ts'

/** The files of one spool while they are written. One call at a time. */
export class SpoolFiles {
  readonly folder: string
  readonly #disk: SpoolDisk
  readonly #identity: SpoolIdentity
  readonly #recordsPerFile: number
  #bytes = 0
  #texts: AppendedFile | null = null
  #file: AppendedFile | null = null
  #number = 0
  #recordsInFile = 0

  constructor(disk: SpoolDisk, folder: string, identity: SpoolIdentity, recordsPerFile: number) {
    this.folder = join(folder, identity.runId, spoolFolderName(identity.workerId, identity.attempt))
    this.#disk = disk
    this.#identity = identity
    this.#recordsPerFile = recordsPerFile
  }

  /** Records that the file under way can take. */
  get roomInFile(): number {
    return this.#recordsPerFile - this.#recordsInFile
  }

  /** Records that can be added until all files together have so many bytes. */
  recordsUntil(limitBytes: number): number {
    return Math.max(Math.floor((limitBytes - this.#bytes) / RECORD_BYTES), 0)
  }

  async open(statements: readonly RunStatement[]): Promise<void> {
    await this.#disk.makeFolder(this.folder)
    const manifest = JSON.stringify(manifestOf(this.#identity, statements, this.#recordsPerFile), null, 2)
    await this.#disk.writeWhole(join(this.folder, MANIFEST_FILE), manifest)
    this.#bytes += Buffer.byteLength(manifest)
  }

  /** Before the records that refer to them. */
  async appendTexts(lines: string): Promise<void> {
    if (lines === '') return
    const bytes = Buffer.from(lines)
    this.#texts ??= await this.#disk.createFile(join(this.folder, ERRORS_FILE))
    this.#bytes += bytes.byteLength
    await this.#texts.write(bytes)
  }

  /** Whole records, no more than there is room for in the file. */
  async append(records: Uint8Array): Promise<void> {
    this.#file ??= await this.#disk.createFile(join(this.folder, spoolFileName(this.#number + 1)))
    const file = this.#file
    try {
      await file.write(records)
    } catch (error) {
      // What was written of them is not counted as kept.
      await file.cutTo(this.#recordsInFile * RECORD_BYTES).catch(() => undefined)
      throw error
    }
    this.#bytes += records.byteLength
    this.#recordsInFile += records.byteLength / RECORD_BYTES
    if (this.roomInFile > 0) return
    this.#file = null
    this.#number += 1
    this.#recordsInFile = 0
    await file.close()
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled([this.#file?.close(), this.#texts?.close()])
    for (const one of closed) if (one.status === 'rejected') throw one.reason
  }
}
