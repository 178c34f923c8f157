import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs'

const ROTATE_ABOVE_BYTES = 8 * 1024 * 1024
const TAIL_BYTES = 16 * 1024
const TAIL_LINES = 15

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

/** Opens the server's log for appending; one that has grown large becomes `<log>.1` first. Returns where the new part begins, in bytes. */
export const openServerLog = (path: string): { readonly descriptor: number; readonly beginsAt: number } => {
  if (sizeOf(path) > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`)
  const beginsAt = sizeOf(path)
  return { descriptor: openSync(path, 'a', 0o640), beginsAt }
}

/** The log's last lines, from no earlier than `beginsAt`. */
export const readLogTail = (path: string, beginsAt = 0): string => {
  if (!existsSync(path)) return ''
  const from = Math.max(beginsAt, sizeOf(path) - TAIL_BYTES)
  const buffer = Buffer.alloc(TAIL_BYTES)
  const descriptor = openSync(path, 'r')
  try {
    const length = readSync(descriptor, buffer, 0, TAIL_BYTES, from)
    return buffer.toString('utf8', 0, length).trim().split('\n').slice(-TAIL_LINES).join('\n')
  } finally {
    closeSync(descriptor)
  }
}
