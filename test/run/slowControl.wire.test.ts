import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { until } from '../kit/processes.ts'
import { expectNoGap } from '../kit/runUnderWay.ts'

let dialled: DialledKit
beforeAll(async () => {
  dialled = await openDialledKit()
})
afterAll(() => dialled?.close())

const WORKERS = 4

describe('a control database that is away for a moment', () => {
  it('while the workers sign in and prepare is waited for', async () => {
    const { kit, controlDial } = dialled
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 2 })
    const log = join(kit.home, 'runs', id, 'worker-1.log')
    await kit.start(id)
    await until('the workers are spawned', async () => existsSync(log), Boolean)
    await controlDial.refuse()
    await until(
      'a worker has missed it',
      async () => readFileSync(log, 'utf8'),
      text => text.includes('asking the control database failed, and is tried again'),
    )
    await controlDial.accept()
    const run = await kit.end(id)
    expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null })
    expectNoGap(run, 2)
  })
})

describe('a control database that takes its time with every statement', () => {
  it.each([50, 150])('of %i ms has all workers begin together at the agreed moment', async statementMs => {
    const { kit, controlDial } = dialled
    controlDial.setResponseTime(statementMs)
    try {
      const id = await kit.prepare({ workers: WORKERS, targetConnections: WORKERS, warmupSeconds: 1, durationSeconds: 3 })
      await kit.start(id)
      const run = await kit.end(id)
      expect(run).toMatchObject({ status: 'COMPLETED', cancellationReason: null })
      expectNoGap(run, 4)
      const offsets = (await kit.heartbeats(id)).map(({ startOffsetMs }) => startOffsetMs ?? Number.NaN)
      expect(offsets).toHaveLength(WORKERS)
      for (const offset of offsets) expect(Math.abs(offset)).toBeLessThan(50)
      expect(run.timing.startSkewMs).toBeLessThan(50)
      expect(kit.server.output()).not.toContain('START took long to write')
    } finally {
      controlDial.setResponseTime(0)
    }
  })
})
