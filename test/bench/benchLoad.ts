import { rmSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { claimRun, deleteExecutions, initControlDatabase, openPostgres, type SqlClient } from '@flakebench/store'
import { CONTROL_CLUSTER_SETTINGS } from '../../server/src/embedded/clusterSettings.ts'
import { ensureCluster } from '../../server/src/embedded/ensureCluster.ts'
import { startLoader } from '../kit/loaderProcess.ts'
import { type Seeded, seeded } from '../kit/seeded.ts'
import { STATEMENTS, spoolFolder } from '../kit/spoolKit.ts'
import { newHome } from '../kit/startServer.ts'
import { storeRun } from '../kit/storedRun.ts'
import type { BenchOptions } from './options.ts'
import { median, printTable, tell } from './report.ts'

const GRACE_SECONDS = 5
const PER_SECOND = 5_000
const FAILED_RATE = 0.01

/** As many executions as are asked for, spooled by one worker, brought into the embedded control database with all its indexes by the process that the server starts. */
export const benchLoad = async ({ repeats, rows }: BenchOptions): Promise<void> => {
  const home = newHome()
  const cluster = await ensureCluster({ home, name: 'control', settings: CONTROL_CLUSTER_SETTINGS, graceSeconds: GRACE_SECONDS })
  const url = cluster.url('postgres')
  await initControlDatabase(url)
  const db = openPostgres({ url, maxConnections: 2, applicationName: 'flakebench bench', statementTimeoutMs: 600_000 })
  try {
    tell(`${rows.toLocaleString('en')} executions, ${repeats} times`)
    const measured: Measured[] = []
    for (let i = 0; i < repeats; i++) {
      measured.push(await loadOnce(db, url, rows, i))
      const [{ seconds, removal }] = measured.slice(-1) as [Measured]
      tell(`${seconds.toFixed(1)} s, removed in ${removal.toFixed(1)} s`)
    }
    const row = (name: string, values: readonly number[], digits: number): string[] => [
      name,
      ...[Math.min(...values), median(values), Math.max(...values)].map(value => value.toFixed(digits)),
    ]
    printTable(
      ['load', 'least', 'median', 'most'],
      [
        row(
          'seconds, from the start of the process to its end',
          measured.map(one => one.seconds),
          1,
        ),
        row(
          'executions a second',
          measured.map(one => rows / one.seconds),
          0,
        ),
        row(
          'seconds to remove them',
          measured.map(one => one.removal),
          1,
        ),
      ],
    )
  } finally {
    await db.close()
    await cluster.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

interface Measured {
  readonly seconds: number
  readonly removal: number
}

const loadOnce = async (db: SqlClient, url: string, rows: number, seed: number): Promise<Measured> => {
  const { id: runId } = await storeRun(db)
  const epoch = (await claimRun(db, runId, 'bench')) as number
  const spools = spoolFolder()
  try {
    await writeSpool(spools.open, runId, rows, seeded(seed))
    const startedAtMs = performance.now()
    const { code, output } = await startLoader({ runId, epoch }, { url, folder: spools.folder }).exited
    const seconds = (performance.now() - startedAtMs) / 1_000
    if (code !== 0) throw new Error(`the loader ended with exit code ${code}: ${output}`)
    const [row] = await db.query('SELECT COUNT(*) AS n FROM query_executions WHERE run_id = ?', [runId])
    if (row?.['n'] !== rows) throw new Error(`${String(row?.['n'])} executions of ${rows} were loaded`)
    const removedAtMs = performance.now()
    await deleteExecutions(db, runId)
    return { seconds, removal: (performance.now() - removedAtMs) / 1_000 }
  } finally {
    spools.remove()
  }
}

const writeSpool = async (open: ReturnType<typeof spoolFolder>['open'], runId: string, rows: number, random: Seeded): Promise<void> => {
  // All of it fits into memory: nothing is dropped however slow the disk is.
  const spool = await open({ identity: { runId, workerId: 'worker-0', attempt: 1 }, chunkRecords: rows, limitBytes: 2 ** 40 })
  for (let i = 0; i < rows; i++) {
    const startMs = (i / PER_SECOND) * 1_000
    const isSuccess = random.fraction() >= FAILED_RATE
    const endMs = startMs + Math.exp(random.normal()) * 2
    const error = isSuccess ? null : `Key (order_id)=(${random.whole(1, 5_000)}) already exists.`
    const category = isSuccess ? null : ('CONSTRAINT' as const)
    const operation = random.whole(0, STATEMENTS.length - 1)
    spool.add(
      operation,
      i % 32,
      'MEASUREMENT',
      true,
      isSuccess,
      false,
      startMs,
      startMs,
      endMs,
      isSuccess ? 1 : null,
      category,
      error,
      null,
    )
  }
  await spool.close()
  const { dropped } = spool.report()
  if (dropped > 0) throw new Error(`${dropped} executions were not spooled: ${rows} are too many for this disk`)
}
