import { listRollups, newCredentialKey, pushTokenOf } from '@flakebench/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cable, layCable } from '../kit/cable.ts'
import { type DialledKit, openDialledKit } from '../kit/dialledKit.ts'
import { until } from '../kit/processes.ts'
import { expectFromTables, ownerUrlOf, pushTo, reportsTaken } from '../kit/pushing.ts'
import { expectNoGap, untilMeasuring } from '../kit/runUnderWay.ts'
import { sampleHeartbeat } from '../kit/sampleHeartbeat.ts'
import { sampleSnapshot } from '../kit/sampleSnapshot.ts'
import type { RunUpdated, WholePoint } from '../kit/wholeRun.ts'

let dialled: DialledKit
let kit: DialledKit['kit']
let cable: Cable
beforeAll(async () => {
  dialled = await openDialledKit()
  kit = dialled.kit
  cable = await layCable(kit.server.port)
})
afterAll(async () => {
  await cable?.close()
  await dialled?.close()
})

const COMPLETED = { status: 'COMPLETED', completionReason: 'DURATION_ELAPSED', cancellationReason: null }
const untilTaken = (by: Cable, count: number) =>
  until(
    `report ${count} was taken`,
    async () => reportsTaken(by),
    taken => taken >= count,
  )
const pointsOf = (updates: readonly RunUpdated[]): readonly WholePoint[] => updates.flatMap(({ runUpdated }) => runUpdated.newestPoints)

describe('a run whose workers push to its owner and write to the tables', () => {
  it('shows live what will be in the tables', async () => {
    const id = await kit.prepare({ workers: 3, targetConnections: 3, warmupSeconds: 1, durationSeconds: 6 })
    const live = kit.watch(id)
    await live.first('it is watched', () => true)
    await kit.start(id)
    await until(
      'the owner says where it is',
      () => ownerUrlOf(kit.control.db, id),
      url => url === kit.server.url,
    )
    await live.ended
    const run = await kit.read(id)
    expect(run).toMatchObject(COMPLETED)
    expectNoGap(run, 7)
    await expectFromTables(kit.control.db, id)
    const shown = pointsOf(live.updates).filter(point => point.workersReported === point.workersExpected)
    expect(shown.length).toBeGreaterThan(7)
    for (const point of shown) expect(run.history.find(({ elapsedSeconds }) => elapsedSeconds === point.elapsedSeconds)).toEqual(point)
  })

  it('has no gap and nothing twice when the owner cannot be reached any more, and when it can again', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 10 })
    await kit.start(id)
    await pushTo(kit.control.db, id, `http://127.0.0.1:${cable.port}`)
    await untilMeasuring(kit, id, 2)
    await untilTaken(cable, 1)
    cable.pull()
    await untilMeasuring(kit, id, 5)
    const before = reportsTaken(cable)
    cable.plug()
    await untilTaken(cable, before + 1)
    const run = await kit.end(id)
    expect(run).toMatchObject(COMPLETED)
    expectNoGap(run, 10)
    await expectFromTables(kit.control.db, id)
  })

  it('goes on to show what happens while nobody reaches the tables', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 12 })
    const live = kit.watch(id)
    await kit.start(id)
    const newest = ({ runUpdated }: RunUpdated) => runUpdated.newestPoints.at(-1)?.elapsedSeconds ?? 0
    await live.first('the measurement is on', update => newest(update) >= 2)
    await dialled.controlDial.refuse()
    const seen = Math.max(...live.updates.map(newest))
    await live.first('figures go on', update => newest(update) >= seen + 4)
    const kept = (await listRollups(kit.control.db, id)).length
    expect(kept).toBeLessThan(seen + 4)
    await dialled.controlDial.accept()
    const run = await kit.end(id)
    expect(run).toMatchObject(COMPLETED)
    expectNoGap(run, 12)
    await expectFromTables(kit.control.db, id)
  })
})

describe('what is pushed', () => {
  const push = (runId: string, token: string | null, body: unknown = { heartbeat: {}, snapshots: [] }, url = kit.server.url) =>
    fetch(`${url}/runs/${runId}/reports`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })

  it('without the token of the run is refused', async () => {
    const right = pushTokenOf(kit.credentialKey, 'run-1')
    for (const token of [null, '', 'x', pushTokenOf(kit.credentialKey, 'run-2'), pushTokenOf(newCredentialKey(), 'run-1'), `${right}x`]) {
      expect((await push('run-1', token)).status).toBe(401)
    }
    expect((await push('run-1', right)).status).toBe(400)
  })

  it('and is no report is refused with what is wrong, and harms neither the server nor the run', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 5 })
    await kit.start(id)
    await untilMeasuring(kit, id, 1)
    const of = { runId: id, workerId: 'worker-0' }
    const heartbeat = sampleHeartbeat(of)
    const token = pushTokenOf(kit.credentialKey, id)
    const sound = sampleSnapshot({ ...of, sequence: 999, intervalIndex: 999 })
    const { byKind: _, ...unkind } = sound
    const answer = await push(id, token, { heartbeat, snapshots: [unkind] })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'This is no report of a worker: the report.snapshots[0].byKind must be a list' },
    ])
    // As a report should be, but for a histogram that is none: what the worker itself sends next must not be lost with it.
    const latency = { count: 1, sumNs: 1, minNs: 1, maxNs: 1, hdr: 'no histogram' }
    const [beat] = await kit.heartbeats(id)
    const wrecked = Array.from({ length: 4 }, (_, i) => ({
      ...sampleSnapshot({ ...of, sequence: (beat?.snapshotsTaken ?? 0) + i, intervalIndex: 1 }),
      byKind: [{ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operations: 1, errors: 0, latency, service: null }],
    }))
    expect((await push(id, token, { heartbeat: { ...heartbeat, ...beat }, snapshots: wrecked })).status).toBe(400)
    const run = await kit.end(id)
    expect(run).toMatchObject(COMPLETED)
    expectNoGap(run, 5)
    await expectFromTables(kit.control.db, id)
    expect((await fetch(`${kit.server.url}/health`)).status).toBe(200)
  })

  it('for a run that is driven elsewhere is not taken, and the worker is told so', async () => {
    const heartbeat = sampleHeartbeat({ runId: 'run-1' })
    const answer = await push('run-1', pushTokenOf(kit.credentialKey, 'run-1'), { heartbeat, snapshots: [] })
    expect([answer.status, await answer.json()]).toEqual([200, { owned: false, newestSequenceId: 0 }])
  })
})

describe('a run that another server takes over', () => {
  it('has its workers push there', async () => {
    const id = await kit.prepare({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 120 })
    await kit.start(id)
    await untilMeasuring(kit, id, 2)
    const before = kit.server.url
    expect(await ownerUrlOf(kit.control.db, id)).toBe(before)
    await kit.server.end('SIGKILL')
    await kit.restart()
    expect(kit.server.url).not.toBe(before)
    await until(
      'the heir says where it is',
      () => ownerUrlOf(kit.control.db, id),
      url => url === kit.server.url,
    )
    const toHeir = await layCable(kit.server.port)
    try {
      await pushTo(kit.control.db, id, `http://127.0.0.1:${toHeir.port}`)
      await untilTaken(toHeir, 1)
      await kit.stop(id)
      const run = await kit.end(id)
      expect(run.status).toBe('CANCELLED')
      // The stop has cut the last second short.
      const history = run.history.map(point => ({ ...point, elapsedSeconds: Math.ceil(point.elapsedSeconds) }))
      expectNoGap({ ...run, history }, history.length)
      await expectFromTables(kit.control.db, id)
    } finally {
      await toHeir.close()
    }
  })
})
