import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Execution, RunStatement } from '@flakebench/contract'
import { ERROR_CATEGORIES } from '@flakebench/contract'
import type { Log } from '../../worker/src/control/logging.ts'
import { listSpools, readSpoolFile } from '../../worker/src/spool/readSpool.ts'
import { openSpool, type Spool, type SpoolOptions } from '../../worker/src/spool/spool.ts'
import type { Seeded } from './seeded.ts'

export const STATEMENTS: readonly RunStatement[] = [
  { operationIndex: 0, kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', operationType: 'READ', sql: 'look up' },
  { operationIndex: 1, kind: 'UPDATE', label: 'UPDATE', operationType: 'WRITE', sql: 'update' },
  { operationIndex: 2, kind: 'GENERIC_SQL', label: 'Orders of a day', operationType: 'READ', sql: 'count' },
]

/** A folder for spools, removed by `remove`, and what was said of them. */
export const spoolFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'flakebench-spool-'))
  const said: string[] = []
  const log: Log = (level, source, message) => said.push(`${level} ${source} ${message}`)
  return {
    folder,
    said,
    open: (change: Partial<SpoolOptions> = {}): Promise<Spool> =>
      openSpool({
        folder,
        identity: { runId: 'R', workerId: 'worker-0', attempt: 1 },
        statements: STATEMENTS,
        limitBytes: 2 ** 30,
        log,
        ...change,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Everything in the spools of a run. */
export const readSpools = async (
  folder: string,
  runId: string,
  unread: (sentence: string) => void = () => undefined,
): Promise<Execution[]> => {
  const executions: Execution[] = []
  for (const spool of await listSpools(folder, runId, unread))
    for (const file of spool.files) for await (const batch of readSpoolFile(spool, file, unread)) executions.push(...batch)
  return executions
}

/** Adds an execution as the load does. Its id, worker and error group are not its own to say. */
export const addTo = (spool: Pick<Spool, 'add'>, execution: Execution): void => {
  const index = STATEMENTS.findIndex(({ label }) => label === execution.label)
  const { connection, phase, counted, success, retried, intendedStartMs, startMs, endMs, rows, errorCategory, error, queryId } = execution
  spool.add(index, connection, phase, counted, success, retried, intendedStartMs, startMs, endMs, rows, errorCategory, error, queryId)
}

const hex = (random: Seeded, digits: number): string => Array.from({ length: digits }, () => random.whole(0, 15).toString(16)).join('')

const queryIdOf = (random: Seeded): string | null =>
  random.pick([
    null,
    `${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}`,
    `${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}`.toUpperCase(),
    `job ${random.whole(0, 9)}`,
    `01b2c3d4-0000-zzzz-0000-0000000000${random.whole(10, 99)}`,
  ])

const TEXTS = ['deadlock detected', 'a "quoted" text\nof two lines', 'Schlüssel existiert bereits 🔑', '', 'x'.repeat(500)]

/** Any execution that may be. */
export const anyExecution = (random: Seeded, number: number): Execution => {
  const { kind, label } = random.pick(STATEMENTS)
  const success = random.fraction() < 0.7
  const intendedStartMs = random.fraction() * 3_600_000
  const startMs = intendedStartMs + random.pick([0, random.fraction() * 20])
  const endMs = startMs + random.fraction() * random.pick([1, 100, 100_000])
  return {
    id: `worker-0.1.${number}`,
    workerId: 'worker-0',
    connection: random.pick([0, random.whole(0, 500), 70_000]),
    kind,
    label,
    phase: random.pick(['WARMUP', 'MEASUREMENT', 'PROCESSING']),
    counted: random.fraction() < 0.9,
    intendedStartMs,
    startMs,
    endMs,
    responseMs: endMs - intendedStartMs,
    rows: success ? random.pick([null, 0, 1, random.whole(0, 2 ** 31), 2 ** 40 + 1]) : null,
    success,
    retried: random.fraction() < 0.1,
    errorCategory: success ? null : random.pick(ERROR_CATEGORIES),
    error: success ? null : random.pick([...TEXTS, null]),
    errorGroup: null,
    queryId: queryIdOf(random),
  }
}
