import { randomUUID } from 'node:crypto'
import type { AnswerChunks, Row } from './answer.ts'

/** Rows that a driver fetches by themselves, each chunk at an address of its own, with a header that proves where it got the address from. */
export interface ChunkStore {
  /** Null: the rows are few enough to go with the answer. */
  split(queryId: string, rows: readonly Row[]): AnswerChunks | null
  /** @returns the rows without the outer brackets, as the driver wants them; null: there is no such chunk, or the header is wrong */
  find(path: string, header: string | undefined): string | null
}

/** Lower case: Node gives headers so. */
export const CHUNK_HEADER = 'x-flakebench-chunk'
export const CHUNK_PATH = '/chunks/'
/** The latest answers' are kept. */
const MAX_CHUNKS = 2000

/** @param baseUrl of the server, once it is known */
export const createChunkStore = (rowsPerChunk: number, baseUrl: () => string): ChunkStore => {
  const chunks = new Map<string, string>()
  const secret = randomUUID()
  const keep = (path: string, text: string): void => {
    chunks.set(path, text)
    if (chunks.size <= MAX_CHUNKS) return
    const [oldest] = chunks.keys()
    if (oldest !== undefined) chunks.delete(oldest)
  }
  return {
    split(queryId, rows) {
      if (rows.length <= rowsPerChunk) return null
      const listed = []
      for (let from = 0; from < rows.length; from += rowsPerChunk) {
        const part = rows.slice(from, from + rowsPerChunk)
        const text = JSON.stringify(part).slice(1, -1)
        const path: string = `${CHUNK_PATH}${queryId}/${listed.length}`
        keep(path, text)
        listed.push({ url: `${baseUrl()}${path}`, rowCount: part.length, uncompressedSize: text.length, compressedSize: text.length })
      }
      return { chunks: listed, headers: { [CHUNK_HEADER]: secret } }
    },
    find: (path, header) => (header === secret ? (chunks.get(path) ?? null) : null),
  }
}
