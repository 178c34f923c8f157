import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Execution } from '@flakebench/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOCAL_DISK, type SpoolDisk } from '../../worker/src/spool/spoolDisk.ts'
import { until } from '../kit/processes.ts'
import { seeded } from '../kit/seeded.ts'
import { addTo, anyExecution, readSpools, spoolFolder } from '../kit/spoolKit.ts'

let place: ReturnType<typeof spoolFolder>
beforeEach(() => {
  place = spoolFolder()
})
afterEach(() => place.remove())

const random = seeded(11)
const some = (count: number): Execution[] => Array.from({ length: count }, (_, number) => anyExecution(random, number))
/** Numbers follow the order in which executions were kept. */
const renumbered = (executions: readonly Execution[]): Execution[] =>
  executions.map((execution, number) => ({ ...execution, id: `worker-0.1.${number}` }))

/** The real disk, whose writes wait until they are let go. */
const pausingDisk = () => {
  let letGo: () => void = () => undefined
  let pause: Promise<void> = Promise.resolve()
  const disk: SpoolDisk = {
    ...LOCAL_DISK,
    createFile: async path => {
      const file = await LOCAL_DISK.createFile(path)
      return { ...file, write: bytes => pause.then(() => file.write(bytes)) }
    },
  }
  return {
    disk,
    hang: () => {
      pause = new Promise(resolve => {
        letGo = resolve
      })
    },
    letGo: () => letGo(),
  }
}

describe('the spool of a worker', () => {
  it('has an execution on disk soon, whether more come or not', async () => {
    const spool = await place.open()
    const added = some(3)
    for (const execution of added) addTo(spool, execution)
    expect(spool.report()).toMatchObject({ state: 'WRITING', spooled: 0, dropped: 0 })
    await until(
      'all are on disk',
      () => spool.report().spooled,
      spooled => spooled === 3,
    )
    expect(await readSpools(place.folder, 'R')).toEqual(added)
    await spool.close()
  })

  it('drops the newest while the disk hangs, counts them, and goes on when it comes back', async () => {
    const { disk, hang, letGo } = pausingDisk()
    const spool = await place.open({ disk, chunkRecords: 10 })
    hang()
    const before = some(45)
    for (const execution of before) addTo(spool, execution)
    expect(spool.report()).toMatchObject({ state: 'WRITING', spooled: 0, dropped: 15 })
    letGo()
    await until(
      'what was kept is on disk',
      () => spool.report().spooled,
      spooled => spooled === 30,
    )
    const after = some(4)
    for (const execution of after) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'CLOSED', spooled: 34, dropped: 15 })
    expect(await readSpools(place.folder, 'R')).toEqual(renumbered([...before.slice(0, 30), ...after]))
    expect(place.said).toEqual([expect.stringMatching(/^WARN spool The disk takes executions more slowly than they end/)])
  })

  it('ends in time on a disk that hangs for good, and counts what it left behind', async () => {
    const { disk, hang, letGo } = pausingDisk()
    const spool = await place.open({ disk, chunkRecords: 10, patienceMs: 100 })
    hang()
    for (const execution of some(25)) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FAILED', spooled: 0, dropped: 25 })
    letGo()
    expect(place.said).toEqual([expect.stringMatching(/did not take the last executions within 0\.1 s/)])
  })

  it('fails on a disk that is full, once for all, and counts everything after as dropped', async () => {
    const full: SpoolDisk = {
      ...LOCAL_DISK,
      createFile: async () => {
        const file = await open('/dev/full', 'a')
        return { write: async bytes => void (await file.write(bytes)), cutTo: () => file.truncate(0), close: () => file.close() }
      },
    }
    const spool = await place.open({ disk: full, chunkRecords: 10 })
    for (const execution of some(10)) addTo(spool, execution)
    await until(
      'it has failed',
      () => spool.report().state,
      state => state === 'FAILED',
    )
    for (const execution of some(7)) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FAILED', spooled: 0, dropped: 17 })
    expect(place.said).toEqual([expect.stringMatching(/^WARN spool The disk refused executions: ENOSPC.*not kept/)])
  })

  it('keeps no part of what a disk took before it refused', async () => {
    let writes = 0
    const disk: SpoolDisk = {
      ...LOCAL_DISK,
      createFile: async path => {
        const file = await LOCAL_DISK.createFile(path)
        if (!path.endsWith('.spool')) return file
        const write = async (bytes: Uint8Array): Promise<void> => {
          writes += 1
          if (writes === 1) return file.write(bytes)
          await file.write(bytes.subarray(0, 300))
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        }
        return { ...file, write }
      },
    }
    const spool = await place.open({ disk, chunkRecords: 10 })
    const added = some(20)
    for (const execution of added) addTo(spool, execution)
    await until(
      'it has failed',
      () => spool.report().state,
      state => state === 'FAILED',
    )
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FAILED', spooled: 10, dropped: 10 })
    const told: string[] = []
    expect(await readSpools(place.folder, 'R', sentence => told.push(sentence))).toEqual(added.slice(0, 10))
    expect(told).toEqual([])
  })

  it('says so where the disk tells only at the end that it has not kept them', async () => {
    const disk: SpoolDisk = {
      ...LOCAL_DISK,
      createFile: async path => {
        const file = await LOCAL_DISK.createFile(path)
        const close = () => file.close().then(() => Promise.reject(new Error('EDQUOT: disk quota exceeded')))
        return { ...file, close }
      },
    }
    const spool = await place.open({ disk })
    for (const execution of some(3)) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FAILED', spooled: 3 })
    expect(place.said).toEqual([expect.stringMatching(/^WARN spool The disk may not have kept the last executions: EDQUOT/)])
  })

  it('takes no more of the disk than it may, and is full then', async () => {
    const limitBytes = 8_192
    const spool = await place.open({ limitBytes, chunkRecords: 10 })
    const added = some(300)
    for (const [i, execution] of added.entries()) {
      addTo(spool, execution)
      while (spool.report().state === 'WRITING' && i - spool.report().spooled > 10) await new Promise(resolve => setImmediate(resolve))
    }
    await spool.close()
    const { state, spooled, dropped } = spool.report()
    expect(state).toBe('FULL')
    expect(spooled).toBeGreaterThan(50)
    expect(spooled * 64).toBeLessThan(limitBytes)
    expect(spooled + dropped).toBe(300)
    expect((await readSpools(place.folder, 'R')).length).toBe(spooled)
    expect(place.said.filter(line => line.includes('that it may use'))).toHaveLength(1)
  })

  it('leaves 512 MB of the disk alone', async () => {
    const spool = await place.open({ disk: { ...LOCAL_DISK, freeBytes: async () => 500 * 1_024 * 1_024 } })
    for (const execution of some(3)) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FULL', spooled: 0, dropped: 3 })
    expect(place.said).toEqual([expect.stringMatching(/500 MB are left on the disk.*512 MB are left alone/)])
  })

  it('that cannot be opened says why and counts, and so does one whose folder is taken', async () => {
    writeFileSync(join(place.folder, 'R'), 'a file in the way')
    const spool = await place.open()
    for (const execution of some(3)) addTo(spool, execution)
    await spool.close()
    expect(spool.report()).toMatchObject({ state: 'FAILED', spooled: 0, dropped: 3 })
    expect(place.said).toEqual([expect.stringMatching(/^WARN spool Executions cannot be kept in .*worker-0\.1: ENOTDIR|EEXIST/)])
    const identity = { runId: 'another', workerId: 'worker-0', attempt: 1 }
    const first = await place.open({ identity })
    const second = await place.open({ identity })
    expect([first.report().state, second.report().state]).toEqual(['WRITING', 'FAILED'])
    await first.close()
  })

  it('that nothing answers is given up in time', async () => {
    const spool = await place.open({ patienceMs: 50, disk: { ...LOCAL_DISK, makeFolder: () => new Promise(() => undefined) } })
    expect(spool.report().state).toBe('FAILED')
    expect(place.said).toEqual([expect.stringMatching(/the disk did not answer within 0\.05 s/)])
  })
})
