import { performance } from 'node:perf_hooks'
import { CONTROL_PACE, countOf, type Plan, type TableProfile } from '@flakebench/contract'
import {
  insertRunStatements,
  openSecret,
  putTableProfile,
  readConnection,
  readRunControl,
  readTableProfile,
  type SqlClient,
} from '@flakebench/store'
import type { Arguments } from '../arguments.ts'
import type { Log } from '../control/logging.ts'
import type { Engine, EngineConnection } from '../engines/engine.ts'
import { engineOf } from '../engines/engines.ts'
import { EXIT, inWords, messageOf, WorkerFailure } from '../failure.ts'
import { buildOperations, takeInTurn } from '../operations/buildOperations.ts'
import type { Operation } from '../operations/operation.ts'
import { operationContext } from '../operations/operationContext.ts'
import { statementsOf } from '../operations/statementsOf.ts'
import { keepWhatWasSeen, readWorkerPools } from '../pools/readWorkerPools.ts'
import { sleep } from '../waiting.ts'
import { explainOpening, type Open, openConnections, openingSessions, rehearse } from './openConnections.ts'
import { tellReconnects } from './tellReconnects.ts'

/** Everything that is found out and opened before the start. */
export interface PreparedLoad {
  readonly engine: Engine
  readonly operations: readonly Operation[]
  readonly nextOperation: () => Operation
  readonly open: Open
  readonly connections: readonly EngineConnection[]
  readonly floorMs: number
}

export interface Preparation extends SignInRequest {
  readonly log: Log
}

/** What signing in to the system under test takes. */
export interface SignInRequest {
  readonly db: SqlClient
  readonly args: Arguments
  readonly attempt: number
  readonly plan: Plan
  readonly targetConnections: number
  readonly credentialKey: string
  readonly tokenFolder: string | null
}

/**
 * Signs in, looks at the table, opens the connections and prepares every statement on each, so that whatever is wrong is found before the start.
 * @throws WorkerFailure with the sentence for the person who set the run up
 */
export const prepareLoad = async (preparation: Preparation): Promise<PreparedLoad> => {
  const { plan, args, targetConnections } = preparation
  const engine = await signIn(preparation)
  const profile = await sharedProfile(preparation, engine)
  const pools = await readWorkerPools(preparation)
  await keepWhatWasSeen(preparation, profile)
  const operations = buildOperations(
    plan,
    await operationContext({
      plan,
      args,
      attempt: preparation.attempt,
      engine,
      profile,
      pools,
      currentMaxKey: await currentMaxKey(preparation, engine, profile),
    }),
  )
  const floorMs = await rehearse(engine, operations)
  // All workers have the same. Before the load: what the server counts of them is told apart from what others send.
  if (args.workerGroupId === 0) await insertRunStatements(preparation.db, args.runId, statementsOf(plan, operations))
  const opening = openingSessions(engine, operations)
  const beganMs = performance.now()
  const connections = await openConnections(engine, opening, targetConnections)
  const tookMs = performance.now() - beganMs
  preparation.log(
    'INFO',
    'load',
    `${countOf(connections.length, 'connection')} opened in ${tookMs.toFixed(0)} ms, fastest round trip ${floorMs.toFixed(2)} ms`,
  )
  const nextOperation = takeInTurn(plan, operations, args.workerGroupId)
  const open = tellReconnects(opening, error => explainOpening(engine, error), preparation.log)
  return { engine, operations, nextOperation, open, connections, floorMs }
}

export const signIn = async ({ db, plan, args, credentialKey, tokenFolder }: SignInRequest): Promise<Engine> => {
  const id = plan.target.connectionId
  if (id === null) throw unprepared('The template names no connection: choose one in its target')
  const connection = await readConnection(db, id)
  if (connection === null) throw unprepared(`The connection ${id} of the template does not exist any more: choose another one`)
  const { sealedCredentials } = connection
  const secret =
    sealedCredentials === null
      ? null
      : await inWords(
          () => openSecret(sealedCredentials, id, credentialKey),
          error => `The connection ${connection.name} cannot be used: ${messageOf(error)}`,
        )
  return engineOf({ connection, secret, tokenFolder, plan, runId: args.runId, workerId: args.workerId })
}

/** The first worker to arrive looks at the table; all use what it saw. Where refused sign-ins lock the user, only the first of the group signs in for it. */
const sharedProfile = async ({ db, args, plan }: Preparation, engine: Engine): Promise<TableProfile> => {
  const known = await readTableProfile(db, args.runId)
  if (known !== null) return known
  if (engine.locksUsers && args.workerGroupId !== 0) return profileOfFirst(db, args.runId)
  return putTableProfile(db, args.runId, await inWords(() => engine.profile(plan.target, plan.seed), engine.explainRefusal))
}

/** Waits for what the first worker saw. Whether it lasts too long is decided where the whole start is watched over. */
const profileOfFirst = async (db: SqlClient, runId: string): Promise<TableProfile> => {
  for (;;) {
    await sleep(CONTROL_PACE[db.engine].followWaitingMs)
    const profile = await readTableProfile(db, runId)
    if (profile !== null) return profile
    const run = await readRunControl(db, runId)
    if (run?.status !== 'PREPARED' && run?.status !== 'STARTING')
      throw unprepared('The run ended before its first worker had looked at the table')
  }
}

/** A later attempt must not make the keys of the one before again. */
const currentMaxKey = async ({ attempt, plan }: Preparation, engine: Engine, profile: TableProfile): Promise<number | null> => {
  if (attempt === 1 || profile.keyRange === null || !plan.operations.some(({ kind }) => kind === 'INSERT')) return null
  return inWords(() => engine.readMaxKey(plan.target, profile.keyColumn), engine.explainRefusal)
}

const unprepared = (sentence: string): WorkerFailure => new WorkerFailure(EXIT.NOT_PREPARED, sentence)
