import type { Inspection, InspectionRequest } from '@flakebench/contract'
import { openControlDatabase, type SqlClient } from '@flakebench/store'
import type { Config } from '../config.ts'
import type { Engine } from '../engines/engine.ts'
import { EXIT, type ExitCode, messageOf, WorkerFailure } from '../failure.ts'
import { signIn } from '../load/prepareLoad.ts'
import { readWorkerPools } from '../pools/readWorkerPools.ts'
import { doneBefore, sleep, whenAborted } from '../waiting.ts'
import type { Parent } from './parent.ts'
import { showStatements } from './showStatements.ts'
import { tryStatement } from './tryStatement.ts'

export interface InspectionOptions extends Parent {
  readonly config: Config
  readonly terminated: AbortSignal
}

const NAME = 'inspect'
/** The first of so many workers: a part of the value pools is enough to draw from. */
const ARGS = { runId: NAME, workerId: NAME, workerGroupId: 0, workerGroupCount: 20 }
const CONTROL_TIMEOUT_MS = 10_000
/** To cancel what is being executed, and to undo it. */
const GOODBYE_MS = 3_000

/** The life of a process that looks at the statements of a template, once: asked in a message, answered in one. */
export const inspect = async ({ config, terminated, asked, answer }: InspectionOptions): Promise<ExitCode> => {
  const request = await Promise.race([asked(), whenAborted(terminated)])
  if (request === undefined) return EXIT.NOT_PREPARED
  const db = openControlDatabase({
    url: config.controlDatabaseUrl,
    ...(config.controlDatabaseSchema === null ? {} : { schema: config.controlDatabaseSchema }),
    maxConnections: 1,
    applicationName: `flakebench ${NAME}`,
    statementTimeoutMs: CONTROL_TIMEOUT_MS,
  })
  const inspecting = find(db, request, config, terminated)
  const isDone = await doneBefore(
    inspecting,
    whenAborted(terminated).then(() => sleep(GOODBYE_MS)),
  )
  if (!isDone) return EXIT.NOT_PREPARED
  await answer(await inspecting)
  return EXIT.OK
}

const find = async (
  db: SqlClient,
  { action, plan }: InspectionRequest,
  { credentialKey, tokenFolder }: Config,
  terminated: AbortSignal,
): Promise<Inspection> => {
  let engine: Engine | null = null
  try {
    engine = await signIn({ db, args: ARGS, attempt: 1, plan, targetConnections: 1, credentialKey, tokenFolder })
    const pools = await readWorkerPools({ db, plan, args: ARGS })
    return action === 'STATEMENTS'
      ? await showStatements({ engine, plan, pools })
      : { type: 'TRIED', tried: await tryStatement({ engine, plan, pools, args: ARGS, terminated }) }
  } catch (error) {
    if (!(error instanceof WorkerFailure)) throw error
    const isUserRefused = engine?.locksUsers === true && engine.failureOf(error.cause).category === 'AUTHENTICATION'
    return { type: 'FAILED', problem: messageOf(error), isUserRefused }
  }
}
