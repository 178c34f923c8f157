import type { Dirent } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** How much of a disk may be used for files that are kept for a day. The control database may be on the same one: it needs room to write. */
export interface RoomLimits {
  /** That the disk must have left, in bytes. */
  readonly leastFree: number
  /** Of all files in the folder, in bytes. */
  readonly mostKept: number
}

const MEGABYTE = 1024 * 1024
export const LEAST_FREE = 512 * MEGABYTE
/** So much is written from one look at the disk to the next. */
const LOOK_AFTER = 64 * MEGABYTE

/** Words for whoever wanted the file: what is short, and what to do. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom'
}

/** Looks at the disk before the first byte and after each 64 MiB. */
export interface RoomWatch {
  /** @param bytes that are written next @throws NoRoom */
  before(bytes: number): Promise<void>
}

export const watchRoom = (folder: string, { leastFree, mostKept }: RoomLimits): RoomWatch => {
  let untilLook = 0
  const look = async (): Promise<void> => {
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize < leastFree) {
      throw new NoRoom(`The disk of ${folder} has less than ${inMegabytes(leastFree)} left: make room on it, and try again`)
    }
    if ((await bytesIn(folder)) >= mostKept) {
      const words = `${folder} holds ${inMegabytes(mostKept)} already, which is all that may be kept there`
      throw new NoRoom(`${words}: remove files from it, or try again tomorrow: none is kept for longer than a day`)
    }
  }
  return {
    before: async bytes => {
      if (untilLook <= 0) {
        untilLook = LOOK_AFTER
        await look()
      }
      untilLook -= bytes
    },
  }
}

const inMegabytes = (bytes: number): string => `${Math.floor(bytes / MEGABYTE)} MiB`

const bytesIn = async (folder: string): Promise<number> => {
  const files: readonly Dirent[] = await readdir(folder, { recursive: true, withFileTypes: true })
  let bytes = 0
  for (const file of files) {
    // Swept, or given up, meanwhile: then it takes no room.
    if (file.isFile()) bytes += (await stat(join(file.parentPath, file.name)).catch(() => ({ size: 0 }))).size
  }
  return bytes
}
