/** Reads a small file whole; null where there is none. */
export type ReadText = (path: string) => string | null

/** A group of processes, this one among them, whose CPU is limited together. */
export interface CpuGroup {
  readonly cores: number
  readonly version: 1 | 2
  /** Of the CPU time used so far. */
  readonly usedFile: string
  readonly statFile: string
}

/** A group of processes, this one among them, whose memory is limited together. */
export interface MemoryGroup {
  readonly limitBytes: number
  readonly version: 1 | 2
  readonly usedFile: string
  readonly statFile: string
}

export interface ResourceLimits {
  readonly cpu: readonly CpuGroup[]
  readonly memory: readonly MemoryGroup[]
}

/** What a group has used so far. */
export interface CpuCount {
  readonly usedMs: number
  /** Periods in which it was stopped because its quota was used up. */
  readonly throttledPeriods: number
}

const ROOT = '/sys/fs/cgroup'

/**
 * All limits of CPU and memory that hold for this process, from control groups of version 1 and 2: its own and those above it. None where there are no
 * control groups. See cgroups(7), and Documentation/admin-guide/cgroup-v2.rst and cgroup-v1 of the Linux kernel.
 */
export const listResourceLimits = (read: ReadText): ResourceLimits => {
  const memberships = parseMemberships(read('/proc/self/cgroup') ?? '')
  return {
    cpu: memberships.flatMap(membership => foldersOf(membership, 'cpu').flatMap(folder => cpuGroup(read, membership.version, folder))),
    memory: memberships.flatMap(membership =>
      foldersOf(membership, 'memory').flatMap(folder => memoryGroup(read, membership.version, folder)),
    ),
  }
}

/** Null: it cannot be read any more. */
export const readCpuCount = (read: ReadText, { version, usedFile, statFile }: CpuGroup): CpuCount | null => {
  const stat = read(statFile)
  const used = version === 2 ? numberAfter(stat, 'usage_usec') : wholeOf(read(usedFile))
  if (used === null) return null
  return { usedMs: used / (version === 2 ? 1_000 : 1_000_000), throttledPeriods: numberAfter(stat, 'nr_throttled') ?? 0 }
}

/** What cannot be given back at once: files that the kernel merely keeps in memory, and has not used lately, are not counted. Null: unreadable. */
export const readUsedBytes = (read: ReadText, { version, usedFile, statFile }: MemoryGroup): number | null => {
  const used = wholeOf(read(usedFile))
  if (used === null) return null
  const idle = numberAfter(read(statFile), version === 2 ? 'inactive_file' : 'total_inactive_file') ?? 0
  return Math.max(used - idle, 0)
}

/** Of a machine, 0–100, from /proc/meminfo; null where it does not say. */
export const parseMachineMemory = (meminfo: string | null): number | null => {
  const total = numberAfter(meminfo, 'MemTotal:')
  const available = numberAfter(meminfo, 'MemAvailable:')
  return total === null || available === null || total === 0 ? null : (1 - available / total) * 100
}

interface Membership {
  readonly version: 1 | 2
  /** As version 1 names its mounts: `cpu,cpuacct`. Empty in version 2. */
  readonly controllers: string
  readonly path: string
}

/** Of /proc/self/cgroup: `0::/path` is version 2, `4:memory:/path` version 1. */
const parseMemberships = (text: string): Membership[] =>
  text.split('\n').flatMap(line => {
    const [, id, controllers, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? []
    if (id === undefined || controllers === undefined || path === undefined) return []
    return [{ version: id === '0' && controllers === '' ? 2 : 1, controllers, path }]
  })

interface Folder {
  readonly mount: string
  /** Below the mount, without a slash at its end. */
  readonly path: string
}

/** The group's folder and those above it. A path that a container does not see is passed over: its own group then stands at the top. */
const foldersOf = ({ version, controllers, path }: Membership, controller: 'cpu' | 'memory'): Folder[] => {
  if (version === 1 && !controllers.split(',').includes(controller)) return []
  const mount = version === 2 ? ROOT : `${ROOT}/${controllers}`
  const names = path.split('/').filter(name => name !== '' && name !== '..')
  return Array.from({ length: names.length + 1 }, (_, above) => ({
    mount,
    path: names
      .slice(0, names.length - above)
      .map(name => `/${name}`)
      .join(''),
  }))
}

const cpuGroup = (read: ReadText, version: 1 | 2, { mount, path }: Folder): CpuGroup[] => {
  const folder = mount + path
  const [quota, period] =
    version === 2
      ? (read(`${folder}/cpu.max`) ?? '').trim().split(' ').map(Number)
      : [wholeOf(read(`${folder}/cpu.cfs_quota_us`)) ?? -1, wholeOf(read(`${folder}/cpu.cfs_period_us`)) ?? 0]
  if (!(Number(quota) > 0 && Number(period) > 0)) return []
  // Version 1 counts the time in a hierarchy of its own, which is often the same.
  const counted = version === 2 || mount.includes('cpuacct') ? folder : `${ROOT}/cpuacct${path}`
  return [{ cores: Number(quota) / Number(period), version, usedFile: `${counted}/cpuacct.usage`, statFile: `${folder}/cpu.stat` }]
}

const memoryGroup = (read: ReadText, version: 1 | 2, { mount, path }: Folder): MemoryGroup[] => {
  const folder = mount + path
  const limitBytes = wholeOf(read(`${folder}/${version === 2 ? 'memory.max' : 'memory.limit_in_bytes'}`))
  // Version 1 writes a number beyond all memory where there is no limit, version 2 the word `max`.
  if (limitBytes === null || limitBytes <= 0 || limitBytes >= BEYOND_ALL_MEMORY) return []
  return [
    {
      limitBytes,
      version,
      usedFile: `${folder}/${version === 2 ? 'memory.current' : 'memory.usage_in_bytes'}`,
      statFile: `${folder}/memory.stat`,
    },
  ]
}

const BEYOND_ALL_MEMORY = 2 ** 60

const wholeOf = (text: string | null): number | null => (text !== null && /^-?\d+$/.test(text.trim()) ? Number(text) : null)

/** Of a file with a name and a number in each line. */
const numberAfter = (text: string | null, name: string): number | null => {
  const line = text?.split('\n').find(one => one.startsWith(name) && /\s/.test(one.charAt(name.length)))
  const value = Number.parseInt(line?.slice(name.length).trim() ?? '', 10)
  return Number.isNaN(value) ? null : value
}
