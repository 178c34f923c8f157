import {
  ANY_HOST,
  freezePlan,
  type Plan,
  type PooledTable,
  type PoolSize,
  poolTarget,
  timeColumnOf,
  type ValuePoolSet,
} from '@flakebench/contract'
import {
  failPoolSet,
  finishPoolSet,
  insertPoolValues,
  openControlDatabase,
  putPoolTable,
  readPoolSet,
  readTemplate,
  type SqlClient,
  VALUES_A_STATEMENT,
} from '@flakebench/store'
import type { Config } from '../config.ts'
import type { Engine } from '../engines/engine.ts'
import { EXIT, type ExitCode, inWords, messageOf, WorkerFailure } from '../failure.ts'
import { signIn } from '../load/prepareLoad.ts'
import { whenAborted } from '../waiting.ts'
import { planPools } from './planPools.ts'
import { type PoolSampling, samplePool } from './samplePool.ts'
import { type Progress, startTellingProgress } from './tellProgress.ts'

export interface PoolPreparation {
  readonly setId: string
  readonly config: Config
  readonly terminated: AbortSignal
  readonly print: (line: string) => void
}

const NAME = 'prepare-pools'
/** Source: Snowflake's documentation of interactive warehouses. */
const INTERACTIVE_LIMIT_SECONDS = 5
/** No run waits to start up: looking at the table may take long, as sampling it may. */
const LOOK_SECONDS = 900
/** Nobody waits for a single statement. */
const STATEMENT_TIMEOUT_MS = 60_000

/** The life of a process that prepares the value pools of one set. How it went stands in the set; failures are told on the terminal, too. */
export const preparePools = async ({ setId, config, terminated, print }: PoolPreparation): Promise<ExitCode> => {
  const db = openControlDatabase({
    url: config.controlDatabaseUrl,
    ...(config.controlDatabaseSchema === null ? {} : { schema: config.controlDatabaseSchema }),
    maxConnections: 2,
    applicationName: `flakebench ${NAME}`,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  })
  try {
    const stopped = whenAborted(terminated).then(() => {
      throw new WorkerFailure(EXIT.NOT_PREPARED, 'The preparation was stopped before its end: prepare the value pools again')
    })
    await Promise.race([prepare(db, setId, config), stopped])
    return EXIT.OK
  } catch (error) {
    const sentence = messageOf(error)
    print(sentence)
    await failPoolSet(db, setId, sentence)
    return error instanceof WorkerFailure ? error.exitCode : EXIT.NOT_PREPARED
  }
}

const prepare = async (db: SqlClient, setId: string, config: Config): Promise<void> => {
  const set = await readPoolSet(db, setId)
  if (set === null || set.status !== 'PREPARING') {
    throw new WorkerFailure(
      EXIT.CONFIGURATION,
      `The value pools ${setId} are not to be prepared: check --pool-set-id and CONTROL_DATABASE_URL`,
    )
  }
  // Signing in and looking at the table may take long: whoever hears nothing takes the preparation for dead.
  const progress = startTellingProgress(db, setId)
  try {
    await sampleAll(db, set, config, progress)
  } finally {
    await progress.stop()
  }
}

const sampleAll = async (db: SqlClient, set: ValuePoolSet, { credentialKey, tokenFolder }: Config, progress: Progress): Promise<void> => {
  const plan = await planOf(db, set)
  const { target } = plan
  const args = { runId: set.id, workerId: NAME, workerGroupId: 0, workerGroupCount: 1 }
  const engine = await signIn({ db, args, attempt: 1, plan, targetConnections: 1, credentialKey, tokenFolder })
  const seen = await inWords(() => engine.profile(target, set.seed), engine.explainRefusal)
  const rowEstimate = seen.rowEstimate ?? (await inWords(() => engine.pools.countRows(target), explainSampling(engine, plan)))
  const profile = { ...seen, rowEstimate }
  const pools = await inWords(
    async () => planPools(plan, profile, engine.dialect),
    error => `The template ${messageOf(error)}`,
  )
  const table: PooledTable = {
    target: poolTarget(target),
    columns: profile.columns.map(({ name, type }) => ({ name, type })),
    rows: rowEstimate,
    keyColumn: profile.keyColumn,
    timeColumn: timeColumnOf(profile.columns),
    pools: [],
    lastSeen: null,
  }
  const planned = pools.reduce((sum, { size }) => sum + size, 0)
  if (!(await putPoolTable(db, set.id, table, planned))) throw givenUp()
  const stored = await storeAll(db, set, pools, { engine, target, profile, seed: set.seed }, explainSampling(engine, plan), progress)
  const storedInAll = stored.reduce((sum, { size }) => sum + size, 0)
  if (storedInAll === 0) throw new WorkerFailure(EXIT.NOT_PREPARED, 'The table is empty: load some rows first')
  const [empty] = stored.filter(({ size }) => size === 0)
  if (empty !== undefined) throw new WorkerFailure(EXIT.NOT_PREPARED, explainEmpty(empty))
  await progress.stop()
  if (!(await finishPoolSet(db, set.id, { ...table, pools: stored }, storedInAll))) throw givenUp()
}

const explainEmpty = ({ kind, column }: PoolSize): string =>
  kind === 'RANGE'
    ? `Column ${column} holds no moment to scan from, only NULL or what is no date between the years 1 and 9999: scan by another column`
    : `Column ${column} holds no values to draw from, only NULL: let the template draw from another column`

const givenUp = (): WorkerFailure =>
  new WorkerFailure(EXIT.NOT_PREPARED, 'The preparation was given up meanwhile: prepare the value pools again')

const planOf = async (db: SqlClient, { id, templateId, seed }: ValuePoolSet): Promise<Plan> => {
  const template = await readTemplate(db, templateId)
  if (template === null) throw new WorkerFailure(EXIT.NOT_PREPARED, 'The template does not exist any more')
  const frozen = freezePlan(template, {}, seed, ANY_HOST)
  if (!frozen.ok) throw new WorkerFailure(EXIT.NOT_PREPARED, frozen.problems.map(({ message }) => message).join('; '))
  const advanced = { ...frozen.plan.advanced, startupTimeoutSeconds: LOOK_SECONDS }
  // Of tables that are dear to scan no range of keys is looked for: they come from these pools.
  return { ...frozen.plan, advanced, poolSetId: id }
}

const storeAll = async (
  db: SqlClient,
  { id: setId, templateId }: ValuePoolSet,
  pools: readonly PoolSize[],
  sampling: PoolSampling,
  explain: Explain,
  progress: Progress,
): Promise<PoolSize[]> => {
  const stored: PoolSize[] = []
  for (const pool of pools) {
    const { kind, column } = pool
    let size = 0
    for await (const batch of sampled(sampling, pool, explain)) {
      for (let at = 0; at < batch.length; at += VALUES_A_STATEMENT) {
        const part = batch.slice(at, at + VALUES_A_STATEMENT)
        await insertPoolValues(db, { templateId, setId, kind, column }, size, part)
        size += part.length
        progress.add(part.length)
        if (progress.isGivenUp()) throw givenUp()
      }
    }
    stored.push({ kind, column, size })
  }
  return stored
}

async function* sampled(sampling: PoolSampling, pool: PoolSize, explain: Explain): AsyncGenerator<readonly unknown[]> {
  const batches = samplePool(sampling, pool)
  for (;;) {
    const next = await inWords(() => batches.next(), explain)
    if (next.done === true) return
    yield next.value
  }
}

type Explain = (error: unknown) => string

const explainSampling =
  (engine: Engine, { target }: Plan): Explain =>
  error => {
    const { category, sample } = engine.failureOf(error)
    const isOutOfTime = target.tableType === 'INTERACTIVE' && (category === 'TIMEOUT' || category === 'CANCELLED')
    return isOutOfTime
      ? `The table could not be sampled within the ${INTERACTIVE_LIMIT_SECONDS} s that an interactive warehouse allows (${sample}): set target.warehouse to a standard warehouse, prepare the value pools, and set it back; they stay good`
      : `The table could not be sampled: ${sample}`
  }
