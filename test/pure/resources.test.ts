import { describe, expect, it } from 'vitest'
import { listResourceLimits, parseMachineMemory, type ReadText, readCpuCount, readUsedBytes } from '../../worker/src/load/cgroup.ts'
import { decideCpuUse, decideMemoryUse, wasThrottled } from '../../worker/src/load/decideUse.ts'
import { startResourceMeter } from '../../worker/src/load/resources.ts'

const GB = 2 ** 30
const files =
  (contents: Readonly<Record<string, string>>): ReadText =>
  path =>
    contents[path] ?? null

/** A container of a Kubernetes pod: the pod has a limit of memory, the container one of CPU and a tighter one of memory. */
const NESTED = {
  '/proc/self/cgroup': '0::/kubepods.slice/pod7.slice/main.scope\n',
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/main.scope/cpu.max': '150000 100000\n',
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/main.scope/cpu.stat':
    'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\nnr_periods 40\nnr_throttled 3\nthrottled_usec 120000\n',
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/main.scope/memory.max': `${GB}\n`,
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/main.scope/memory.current': `${GB / 2}\n`,
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/main.scope/memory.stat': `anon 1\nactive_file 7\ninactive_file ${GB / 4}\n`,
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/cpu.max': 'max 100000\n',
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/memory.max': `${4 * GB}\n`,
  '/sys/fs/cgroup/kubepods.slice/pod7.slice/memory.current': `${3 * GB}\n`,
  '/sys/fs/cgroup/kubepods.slice/memory.max': 'max\n',
}

/** Docker with control groups of version 1: the path is the machine's, the container sees its own group at the top. */
const VERSION_1 = {
  '/proc/self/cgroup':
    '5:memory:/docker/4a\n4:cpu,cpuacct:/docker/4a\n3:cpuset:/docker/4a\n1:name=systemd:/docker/4a\n0::/system.slice/docker.service\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage': '7000000000\n',
  '/sys/fs/cgroup/cpu,cpuacct/cpu.stat': 'nr_periods 10\nnr_throttled 0\nthrottled_time 0\n',
  '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${2 * GB}\n`,
  '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${GB}\n`,
  '/sys/fs/cgroup/memory/memory.stat': `cache 5\ninactive_file 1\ntotal_inactive_file ${GB / 2}\n`,
}

const countsOf = (read: ReadText) => listResourceLimits(read).cpu.map(group => ({ cores: group.cores, ...readCpuCount(read, group) }))
const memoryOf = (read: ReadText) =>
  listResourceLimits(read).memory.map(group => [readUsedBytes(read, group), group.limitBytes].map(bytes => (bytes ?? Number.NaN) / GB))

describe('the limits of a control group', () => {
  it('are those of the group and of every group above it', () => {
    expect(countsOf(files(NESTED))).toEqual([{ cores: 1.5, usedMs: 2_500, throttledPeriods: 3 }])
    expect(memoryOf(files(NESTED))).toEqual([
      [0.25, 1],
      [3, 4],
    ])
  })

  it('are read in version 1 too, from where a container sees itself', () => {
    expect(countsOf(files(VERSION_1))).toEqual([{ cores: 0.5, usedMs: 7_000, throttledPeriods: 0 }])
    expect(memoryOf(files(VERSION_1))).toEqual([[0.5, 2]])
  })

  it('count the time of version 1 where it is counted apart', () => {
    const apart = files({
      '/proc/self/cgroup': '2:cpuacct:/one\n1:cpu:/one\n',
      '/sys/fs/cgroup/cpu/one/cpu.cfs_quota_us': '200000\n',
      '/sys/fs/cgroup/cpu/one/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/cpuacct/one/cpuacct.usage': '1000000\n',
    })
    expect(countsOf(apart)).toEqual([{ cores: 2, usedMs: 1, throttledPeriods: 0 }])
  })

  it.each([
    ['there are no such files', {}],
    [
      'version 2 says max',
      { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n', '/sys/fs/cgroup/memory.max': 'max\n' },
    ],
    [
      'version 1 says −1, and more than there is',
      {
        '/proc/self/cgroup': '2:cpu:/\n1:memory:/\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      },
    ],
    [
      'they are not understood',
      { '/proc/self/cgroup': 'nonsense\n0::/\n', '/sys/fs/cgroup/cpu.max': '', '/sys/fs/cgroup/memory.max': 'some' },
    ],
  ])('are none where %s', (_, contents) => {
    expect(listResourceLimits(files(contents))).toEqual({ cpu: [], memory: [] })
  })
})

describe('what a worker uses of its CPU', () => {
  const count = (usedMs: number, throttledPeriods = 0) => ({ usedMs, throttledPeriods })
  it.each([
    ['is of one core without a quota', 40, [], 40, 0],
    ['is of the quota where that is nearer to its limit', 40, [{ cores: 0.5, before: count(0), after: count(450) }], 90, 0],
    ['is of one core where the quota is wide', 40, [{ cores: 8, before: count(0), after: count(1_000) }], 40, 0],
    ['is what it used on average when it was throttled', 30, [{ cores: 2, before: count(0, 3), after: count(500, 4) }], 30, 0],
    ['is never more than all of it', 130, [], 100, 0],
    ['leaves out what was spent on waiting', 95, [{ cores: 1, before: count(0), after: count(950) }], 15, 800],
    ['is of one core when the quota cannot be read any more', 40, [{ cores: 0.5, before: count(0), after: null }], 40, 0],
  ] as const)('%s', (_, ownPercent, groups, percent, spunMs) => {
    expect(decideCpuUse({ spanMs: 1_000, ownMs: ownPercent * 10, spunMs }, groups)).toBeCloseTo(percent)
  })
})

it('a worker was throttled when a group above it was stopped since', () => {
  const at = (throttledPeriods: number) => ({ usedMs: 0, throttledPeriods })
  expect(wasThrottled([])).toBe(false)
  expect(wasThrottled([{ cores: 2, before: at(3), after: at(3) }])).toBe(false)
  expect(wasThrottled([{ cores: 2, before: at(3), after: null }])).toBe(false)
  expect(
    wasThrottled([
      { cores: 2, before: at(3), after: at(3) },
      { cores: 4, before: at(0), after: at(1) },
    ]),
  ).toBe(true)
})

describe('what a worker uses of its memory', () => {
  const machine = () => 12
  it("is of the group that is nearest to its limit, and of the machine's where none has one", () => {
    const groups = [
      { limitBytes: 4, usedBytes: 3 },
      { limitBytes: 10, usedBytes: 2 },
    ]
    expect(decideMemoryUse(groups, machine)).toBe(75)
    expect(decideMemoryUse([{ limitBytes: 4, usedBytes: null }], machine)).toBe(12)
    expect(decideMemoryUse([], machine)).toBe(12)
  })

  it('is of the machine what is not available', () => {
    expect(parseMachineMemory('MemTotal:       4000 kB\nMemFree:        100 kB\nMemAvailable:   3000 kB\n')).toBe(25)
    expect(parseMachineMemory(null)).toBeNull()
    expect(parseMachineMemory('MemTotal: 4000 kB\n')).toBeNull()
  })
})

it('the meter measures this process, with files and without', () => {
  for (const read of [undefined, files({})]) {
    const meter = startResourceMeter(read === undefined ? {} : { read })
    for (let i = 0; i < 3_000_000; i++) Math.sqrt(i)
    const use = meter()
    expect(use.cpuPercent).toBeGreaterThan(0)
    expect(use.cpuUsedPercent).toBeGreaterThan(0)
    expect(use.cpuUsedPercent).toBeLessThanOrEqual(100)
    expect(use.memoryUsedPercent).toBeGreaterThan(0)
    expect(use.memoryUsedPercent).toBeLessThan(100)
  }
})
