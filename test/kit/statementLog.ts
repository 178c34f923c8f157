import { closeSync, openSync, readSync, statSync } from 'node:fs'

/** What a log has got since it was opened. Of a server that many use: theirs as well. */
export interface StatementLog {
  /** Since the last time. */
  read(): Buffer
}

export const openStatementLog = (file: string): StatementLog => {
  let from = statSync(file).size
  return {
    read: () => {
      const bytes = Buffer.alloc(Math.max(statSync(file).size - from, 0))
      const log = openSync(file, 'r')
      try {
        const length = readSync(log, bytes, 0, bytes.length, from)
        from += length
        return bytes.subarray(0, length)
      } finally {
        closeSync(log)
      }
    },
  }
}
