import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Plan, startHistograms } from '@flakebench/contract'
import { statementsOf } from '../../worker/src/operations/statementsOf.ts'
import { openSpool, type Spool } from '../../worker/src/spool/spool.ts'
import { startDirectLoad } from '../kit/directLoad.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import type { SpoolStretch } from './benchSpool.ts'

/**
 * The worker's own load in a closed loop, without a control database, for short stretches in which executions are kept or not, in turn: what disturbs the
 * machine meets both alike. Usage: node --import tsx spoolLoop.ts <url> <connections> <seconds> <pairs>; a line of JSON for each stretch.
 */
const [url = '', connections = '', seconds = '', pairs = ''] = process.argv.slice(2)
const { hostname, port, username, password, pathname } = new URL(url)
const address = { host: hostname, port: Number(port), user: username, password: decodeURIComponent(password), database: pathname.slice(1) }
const sample = samplePlan({ load: { warmupSeconds: 1, durationSeconds: Number(seconds) }, targetConnections: Number(connections) })
const plan: Plan = { ...sample, target: { ...sample.target, database: address.database } }

const measure = async (isKept: boolean): Promise<SpoolStretch> => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-bench-spool-'))
  const opened: Spool[] = []
  const direct = await startDirectLoad({
    address,
    plan,
    ...(isKept && {
      openSpool: async operations => {
        const spool = await openSpool({
          folder,
          identity: { runId: 'bench', workerId: 'worker-0', attempt: 1 },
          statements: statementsOf(plan, operations),
          limitBytes: Number.MAX_SAFE_INTEGER,
          log: (_, __, words) => process.stderr.write(`${words}\n`),
        })
        opened.push(spool)
        return spool
      },
    }),
  })
  const [cpuBefore, atMs, done] = [process.cpuUsage(), performance.now(), direct.load.totals.operations]
  await direct.load.closed
  const [cpu, tookMs, operations] = [process.cpuUsage(cpuBefore), performance.now() - atMs, direct.load.totals.operations - done]
  const snapshots = await direct.end()
  for (const spool of opened) await spool.close()
  rmSync(folder, { recursive: true, force: true })
  const measured = snapshots.filter(({ phase }) => phase === 'MEASUREMENT')
  return {
    isKept,
    perSecond: operations / (tookMs / 1_000),
    cpuUs: (cpu.user + cpu.system) / operations,
    leastActive: Math.min(...measured.map(one => one.activeConnections / one.targetConnections)),
    dropped: opened.reduce((sum, spool) => sum + spool.report().dropped, 0),
  }
}

await startHistograms()
await measure(true)
await measure(false)
for (let pair = 0; pair < Number(pairs); pair++) {
  const first = pair % 2 === 0
  for (const isKept of [first, !first]) process.stdout.write(`${JSON.stringify(await measure(isKept))}\n`)
}
process.exit()
