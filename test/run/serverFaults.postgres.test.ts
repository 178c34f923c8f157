import { rmSync } from 'node:fs'
import { CONTROL_PACE, isTerminal, standbyPace, type TemplateInput } from '@flakebench/contract'
import { LEASE_SECONDS, listEventsAfter, listRollupShapes, listSteps, readResults } from '@flakebench/store'
import { describe, expect, it } from 'vitest'
import { graphql } from '../kit/graphql.ts'
import { withOwnKit } from '../kit/ownKit.ts'
import { listProcessesWith, until } from '../kit/processes.ts'
import type { RunKit } from '../kit/runKit.ts'
import { untilMeasuring } from '../kit/runUnderWay.ts'
import { newHome, startServer, type TestServer } from '../kit/startServer.ts'
import { openTunedKit } from '../kit/tunedKit.ts'

const STOP = 'mutation ($id: ID!) { stopRun(id: $id) { status } }'
/** A claim is a few statements; on a busy machine, one run after another. */
const CLAIM_MS = 2_000
const SHARED: TemplateInput['advanced'] = { shareSut: true }

const SEARCH: TemplateInput = {
  name: 'Search',
  load: {
    mode: 'FIND_MAX_CONCURRENCY',
    warmupSeconds: 1,
    findMax: {
      startConnections: 2,
      connectionsIncrement: 1,
      stepDurationSeconds: 3,
      latencyStabilityPercent: 1_000,
      qpsStabilityPercent: 50,
      minSamples: 20,
    },
  },
  advanced: { ...SHARED, metricsIntervalSeconds: 0.5 },
}
const RATE: TemplateInput = { name: 'Rate', load: { mode: 'QPS', targetQps: 50, warmupSeconds: 0, durationSeconds: 600 }, advanced: SHARED }
const WARMING: TemplateInput = {
  name: 'Warming',
  load: { targetConnections: 1, warmupSeconds: 600, durationSeconds: 10 },
  advanced: SHARED,
}
const SLEEPING: TemplateInput = {
  name: 'Sleeps',
  operations: { pointLookup: { weight: 100, sql: 'SELECT order_id, pg_sleep(4) FROM {table} WHERE order_id = ?' } },
  load: { targetConnections: 1, warmupSeconds: 0, durationSeconds: 600 },
  advanced: SHARED,
}
const BRIEF: TemplateInput = { name: 'Brief', load: { targetConnections: 1, warmupSeconds: 0, durationSeconds: 1 }, advanced: SHARED }
const QUEUED: TemplateInput = { ...BRIEF, name: 'Queued', advanced: {} }

interface HeirKit {
  readonly kit: RunKit
  readonly heir: TestServer
  close(): Promise<void>
}

/** A kit, and another server that is there to take over. */
const openHeirKit = async (): Promise<HeirKit> => {
  const tuned = await openTunedKit()
  const { kit } = tuned
  tuned.sut.setResponseTime(20)
  const home = newHome()
  const heir = await startServer({ home, environment: { ...kit.environment, FLAKEBENCH_STANDBY: '1' } })
  const close = async (): Promise<void> => {
    // One that is stopped hears nothing else.
    for (const { pid } of listProcessesWith('server/dist/main.js')) if (pid === kit.server.pid) process.kill(pid, 'SIGCONT')
    await heir.end()
    await tuned.close()
    rmSync(home, { recursive: true, force: true })
  }
  return { kit, heir, close }
}

const startOf = async (kit: RunKit, template: TemplateInput): Promise<string> => {
  const id = await kit.prepare({}, template)
  await kit.start(id)
  return id
}

const starts = async (kit: RunKit, id: string): Promise<number> =>
  (await listEventsAfter(kit.control.db, id, 0)).filter(({ type }) => type === 'START').length

/** Every interval since the first has something in it. */
const expectNoHole = async (kit: RunKit, id: string): Promise<void> => {
  const shapes = (await listRollupShapes(kit.control.db, id)).sort((a, b) => a.intervalIndex - b.intervalIndex)
  expect(shapes.map(({ intervalIndex }) => intervalIndex)).toEqual(shapes.map((_, i) => i))
  // The last one is cut short by the end.
  expect(shapes.slice(0, -1).every(({ operations }) => operations > 0)).toBe(true)
}

describe('a server with runs in every status', () => {
  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that gets %s leaves them to another one, which goes on with all of them',
    signal =>
      withOwnKit(openHeirKit, async ({ kit, heir }) => {
        const { db } = kit.control
        const [search, rate, warming, sleeping] = [
          await startOf(kit, SEARCH),
          await startOf(kit, RATE),
          await startOf(kit, WARMING),
          await startOf(kit, SLEEPING),
        ]
        for (const id of [search, rate]) await untilMeasuring(kit, id, 2)
        await until(
          'all run',
          async () => (await Promise.all([warming, sleeping].map(id => kit.heartbeats(id)))).flat().map(({ status }) => status),
          all => all.length === 2 && all.every(status => status === 'RUNNING'),
        )
        const queued = await startOf(kit, QUEUED)
        await until(
          'it waits',
          async () => (await kit.record(queued)).waitsFor,
          waitsFor => waitsFor !== null,
        )
        await kit.stop(sleeping)
        const brief = await startOf(kit, BRIEF)
        const all = [search, rate, warming, queued, brief]
        const before = await Promise.all(all.map(id => kit.record(id)))
        const stepsBefore = (await listSteps(db, search)).length
        process.kill(kit.server.pid, signal)
        // The last lease was prolonged at that moment at the latest: then it lapses, is seen to have lapsed, and is claimed after the others.
        const lookMs = standbyPace(CONTROL_PACE[db.engine]).lookForWorkMs

        await until(
          'the heir owns them all',
          () => Promise.all(all.map(id => kit.record(id))),
          now => now.every((run, i) => run.epoch > (before[i]?.epoch ?? 0)),
          2 * (LEASE_SECONDS * 1_000 + lookMs + all.length * CLAIM_MS),
        )
        if (signal === 'SIGSTOP') {
          process.kill(kit.server.pid, 'SIGCONT')
          await until(
            'the other lets go',
            () => kit.server.output().split('another server has taken the run over').length - 1,
            times => times >= all.length,
          )
        }
        await until(
          'the search goes on',
          () => listSteps(db, search),
          steps => steps.length > stepsBefore + 1,
        )
        expect((await kit.record(warming)).status).toBe('RUNNING')
        expect((await kit.record(queued)).status).toBe('STARTING')
        for (const id of [search, rate, warming, queued]) await graphql(heir.url, STOP, { id })
        await until(
          'all are over',
          () => Promise.all([...all, sleeping].map(async id => (await kit.record(id)).status)),
          statuses => statuses.every(isTerminal),
        )
        const statusOf = async (id: string) => (await kit.record(id)).status
        expect(await Promise.all([search, rate, warming, sleeping, queued].map(statusOf))).toEqual(Array(5).fill('CANCELLED'))
        expect(await statusOf(brief)).toBe('COMPLETED')
        expect(await Promise.all([search, rate, warming, brief].map(id => starts(kit, id)))).toEqual([1, 1, 1, 1])
        for (const id of [search, rate, warming]) await expectNoHole(kit, id)
        const steps = await listSteps(db, search)
        expect(steps.map(({ stepNumber }) => stepNumber)).toEqual(steps.map((_, i) => i + 1))
        const { arrivals } = (await readResults(db, [rate])).get(rate) ?? {}
        expect(arrivals?.planned).toBe((arrivals?.started ?? 0) + (arrivals?.missed ?? 0) + (arrivals?.unassigned ?? 0))
        for (const id of [search, rate]) {
          for (const beat of await kit.heartbeats(id)) expect(beat.operationsStarted).toBe(beat.operations + beat.cutOff)
        }
      }),
    150_000,
  )
})
