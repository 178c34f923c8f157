import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRunKit, type RunKit } from '../kit/runKit.ts'
let kit: RunKit
beforeAll(async () => { kit = await openRunKit({ rows: 3000 }) })
afterAll(() => kit.close())
it('quarter seconds', async () => {
  const run = await kit.run({ workers: 2, warmupSeconds: 1, durationSeconds: 2 }, { name: 'q', advanced: { metricsIntervalSeconds: 0.25 } })
  console.log(run.status, run.cancellationReason, run.history.map(p => [p.elapsedSeconds, p.phase[0], p.operations, p.workersReported].join(' ')).join('; '), run.result?.lostOperations)
  expect(run.history.length).toBe(12)
})
it('tenths', async () => {
  const run = await kit.run({ workers: 3, targetConnections: 3, warmupSeconds: 0, durationSeconds: 2 }, { name: 'q', advanced: { metricsIntervalSeconds: 0.1 } })
  console.log(run.status, run.history.length, run.result?.totalOperations, run.history.reduce((s, p) => s + p.operations, 0), run.result?.lostOperations)
})
it('0.7 s', async () => {
  const run = await kit.run({ workers: 1, warmupSeconds: 1, durationSeconds: 2 }, { name: 'q', advanced: { metricsIntervalSeconds: 0.7 } })
  console.log(run.status, run.history.map(p => [p.elapsedSeconds, p.intervalSeconds, p.phase[0], p.operations].join(' ')).join('; '), run.result?.measuredSeconds)
})
it('250 connections', async () => {
  const run = await kit.run({ targetConnections: 250, warmupSeconds: 1, durationSeconds: 3 })
  console.log(run.status, run.cancellationReason, run.workerCount, run.result?.totalOperations, run.result?.cutOffOperations, run.result?.errors, run.history.map(p => p.activeConnections), run.timing)
})
it('400 connections: too many', async () => {
  const run = await kit.run({ targetConnections: 400, warmupSeconds: 1, durationSeconds: 3 })
  console.log(run.status, run.cancellationReason)
})
it('inserts, again and at once', async () => {
  const t = { name: 'i', operations: { insert: { weight: 100 } } }
  for (const _ of [1, 2]) { const r = await kit.run({ workers: 3, targetConnections: 6, warmupSeconds: 0, durationSeconds: 1 }, t); console.log(r.status, r.result?.totalOperations, r.result?.errors) }
  const rs = await Promise.all([kit.run({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 2 }, t), kit.run({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 2 }, t)])
  for (const r of rs) console.log('at once', r.status, r.cancellationReason, r.result?.totalOperations, r.result?.errors)
})
it('4 runs at once', async () => {
  const rs = await Promise.all([1, 2, 3, 4].map(() => kit.run({ workers: 2, targetConnections: 2, warmupSeconds: 0, durationSeconds: 2 })))
  for (const r of rs) console.log('at once', r.status, r.cancellationReason, r.result?.totalOperations, r.history.length)
})
