import { chmodSync, chownSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LivingProcess, readLivingProcess } from './livingProcess.ts'

/** What `postmaster.pid` says (PostgreSQL 18, miscadmin.h: pid, directory, start time, port, socket, address, shared memory, status). */
export interface PostmasterFile {
  readonly pid: number
  readonly port: number
  /** `starting`, `ready`, `stopping` or `standby`; empty while the file is being written. */
  readonly status: string
}

const FILE = 'postmaster.pid'
/** Above every system's largest pid, so that no process can have it. */
const NOBODYS_PID = 2_147_483_647

export const parsePostmasterFile = (text: string): PostmasterFile => {
  const lines = text.split('\n')
  return { pid: Number.parseInt(lines[0] ?? '', 10) || 0, port: Number.parseInt(lines[3] ?? '', 10) || 0, status: (lines[7] ?? '').trim() }
}

export const readPostmasterFile = (dataDirectory: string): PostmasterFile | undefined => {
  try {
    return parsePostmasterFile(readFileSync(join(dataDirectory, FILE), 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether the process is the server of this data directory: by its arguments, or by where it works if somebody else started it. */
export const isPostmasterOf = (process: LivingProcess, dataDirectory: string): boolean =>
  process.command.includes('postgres') && (process.command.includes(` -D ${dataDirectory} `) || process.directory === dataDirectory)

/** The living server of the data directory, with what it says of itself. */
export const findPostmaster = (dataDirectory: string): { readonly file: PostmasterFile; readonly process: LivingProcess } | undefined => {
  const file = readPostmasterFile(dataDirectory)
  const process = file && readLivingProcess(file.pid)
  return file && process && isPostmasterOf(process, dataDirectory) ? { file, process } : undefined
}

/**
 * Makes a pid file whose server is gone name nobody. PostgreSQL would refuse to start for ever if the pid belongs to another process of its
 * user by now. The file is not removed: from its shared memory line PostgreSQL sees whether children of the dead server still write.
 */
export const disownPostmasterFile = (dataDirectory: string): void => {
  const path = join(dataDirectory, FILE)
  const lines = readFileSync(path, 'utf8').split('\n')
  const { uid, gid } = statSync(path)
  const renewed = `${path}.disowned`
  writeFileSync(renewed, [String(NOBODYS_PID), ...lines.slice(1)].join('\n'))
  chmodSync(renewed, 0o600)
  chownSync(renewed, uid, gid)
  renameSync(renewed, path)
}
