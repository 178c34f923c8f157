import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** A file of a stage. */
export interface StagedFile {
  /** As Snowflake names it: `stage/path/file.csv.gz`. */
  readonly name: string
  readonly location: string
  readonly size: number
  readonly modifiedAt: Date
}

/** Stages as folders of the local disk. */
export interface StageFolder {
  /** Where PUT has the driver copy files to; made when it is not there. */
  locate(stage: string, path: string): Promise<string>
  /** Files whose path in the stage begins with `path`, by name. */
  list(stage: string, path: string): Promise<readonly StagedFile[]>
  remove(file: StagedFile): Promise<void>
  /** Which files were loaded into a table, as they were then: COPY does not load them again. */
  readonly loaded: Map<string, Set<string>>
}

const folderName = (stage: string): string => stage.toUpperCase().replaceAll(/[^\w.$~%-]/g, '_')

export const createStageFolder = (root: string): StageFolder => ({
  loaded: new Map(),
  async locate(stage, path) {
    const location = join(root, folderName(stage), ...safeParts(path))
    await mkdir(location, { recursive: true })
    return location
  },
  async list(stage, path) {
    const base = join(root, folderName(stage))
    const prefix = safeParts(path).join('/')
    const files: StagedFile[] = []
    for (const location of await listFiles(base)) {
      const inside = relative(base, location).split(sep).join('/')
      if (!inside.startsWith(prefix)) continue
      // Null: another session has removed it meanwhile.
      const seen = await stat(location).catch(absent)
      if (seen === null) continue
      const name = `${stage.toLowerCase().split('.').at(-1) ?? ''}/${inside}`
      files.push({ name, location, size: seen.size, modifiedAt: seen.mtime })
    }
    return files.sort((one, other) => (one.name < other.name ? -1 : 1))
  },
  remove: file => rm(file.location, { force: true }),
})

const safeParts = (path: string): readonly string[] => path.split('/').filter(part => part !== '' && part !== '.' && part !== '..')

const listFiles = async (folder: string): Promise<readonly string[]> => {
  const entries = (await readdir(folder, { withFileTypes: true, recursive: true }).catch(absent)) ?? []
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

const absent = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
