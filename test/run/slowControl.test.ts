import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { expectNoGap } from '../kit/runUnderWay.ts'

let dialled: DialledKit
beforeAll(async () => {
  dialled = await openDialledKit()
})
afterAll(() => dialled?.close())

const WORKERS = 4

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
