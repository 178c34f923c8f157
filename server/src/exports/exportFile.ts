import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { RoomWatch } from './diskRoom.ts'

export type ExportFormat = 'CSV' | 'JSON' | 'BUNDLE'

/** A file that was written, and where this server has it. */
export interface ExportedFile {
  readonly name: string
  readonly url: string
  readonly bytes: number
}

/** Pieces of text: so many at once go to the file, so that a large one costs no memory. */
export type TextPieces = AsyncIterable<string>

/** Whoever knows it may have the file. */
const SECRET_BYTES = 24
export const EXPORT_PATH = /^\/exports\/([\w-]{32})\/([\w.-]{1,120})$/

/** Writes a file into a folder of its own with a name that nobody can guess; nothing is left of one that fails. @throws NoRoom */
export const writeExport = async (
  folder: string,
  name: string,
  pieces: TextPieces,
  room: RoomWatch,
  isGzip = false,
): Promise<ExportedFile> => {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const own = join(folder, secret)
  await mkdir(own, { recursive: true, mode: 0o700 })
  const path = join(own, name)
  try {
    const file = createWriteStream(path, { mode: 0o600 })
    const asBytes = bytesOf(room)
    const text = Readable.from(pieces, { objectMode: true, highWaterMark: 4 })
    await (isGzip ? pipeline(text, asBytes, createGzip(), file) : pipeline(text, asBytes, file))
    return { name, url: `/exports/${secret}/${name}`, bytes: (await stat(path)).size }
  } catch (error) {
    await rm(own, { recursive: true, force: true })
    throw error
  }
}

const bytesOf = (room: RoomWatch) =>
  async function* (pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece, 'utf8')
      await room.before(bytes.length)
      yield bytes
    }
  }

/** Of a name of a run, what a file's name may hold. */
export const fileNameOf = (...parts: readonly string[]): string => {
  const [ending = '', ...stem] = [...parts].reverse()
  const words = stem
    .reverse()
    .map(part =>
      part
        .normalize('NFKD')
        .replace(/[^A-Za-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 60),
    )
    .filter(part => part !== '')
  return `${words.join('-').toLowerCase()}.${ending}`
}

/** Removes what is older than that, by the clock of the disk's own machine, which is ours. */
export const sweepFolder = async (folder: string, oldestMs: number): Promise<void> => {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > oldestMs) await rm(path, { recursive: true, force: true })
  }
}
