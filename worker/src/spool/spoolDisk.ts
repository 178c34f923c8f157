import { mkdir, open, rename, statfs, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A file that is only appended to. */
export interface AppendedFile {
  /** All of them, or it fails. */
  write(bytes: Uint8Array): Promise<void>
  cutTo(bytes: number): Promise<void>
  close(): Promise<void>
}

/** What a spool asks of the disk that it writes to. */
export interface SpoolDisk {
  /** With those above it. @throws when it is there already */
  makeFolder(path: string): Promise<void>
  /** There is never a part of it. */
  writeWhole(path: string, text: string): Promise<void>
  /** @throws when it is there already */
  createFile(path: string): Promise<AppendedFile>
  /** That this process may still use on the disk that holds the folder. */
  freeBytes(folder: string): Promise<number>
}

export const LOCAL_DISK: SpoolDisk = {
  makeFolder: async path => {
    await mkdir(dirname(path), { recursive: true })
    await mkdir(path)
  },
  writeWhole: async (path, text) => {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  },
  createFile: async path => {
    const file = await open(path, 'ax')
    return {
      write: async bytes => {
        for (let done = 0; done < bytes.byteLength; ) done += (await file.write(bytes, done)).bytesWritten
      },
      cutTo: bytes => file.truncate(bytes),
      close: () => file.close(),
    }
  },
  freeBytes: async folder => {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  },
}
