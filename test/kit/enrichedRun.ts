import type { Execution, RunRecord, TableType } from '@flakebench/contract'
import {
  insertRunStatements,
  newCredentialKey,
  newId,
  putConnection,
  readClock,
  type SavedConnection,
  type SqlClient,
  sealSecret,
  transitionRun,
} from '@flakebench/store'
import type { EnrichmentDeps } from '../../server/src/enrichment/look.ts'
import { freshControlDatabase } from './controlDatabase.ts'
import { storeExecutions } from './storedExecutions.ts'
import { readRunNow, storeRun, storeTemplate } from './storedRun.ts'

const key = newCredentialKey()

export interface EnrichedRun {
  readonly db: SqlClient
  readonly id: string
  readonly deps: EnrichmentDeps
  /** What was warned of, with the reason. */
  readonly warnings: string[]
  read(): Promise<RunRecord>
  /** Milliseconds from the agreed start, by the control database. */
  now(): Promise<number>
  /** Keeps what was sent, as the loader does, and the statements. */
  keep(executions: readonly Execution[], statements: readonly string[]): Promise<void>
  /** The run is over. */
  end(): Promise<void>
}

/** A run in its measurement, of a target that the saved connection leads to. */
export const enrichedRun = async (
  target: { readonly tableType: TableType; readonly database: string; readonly schema: string; readonly warehouse: string | null },
  connection: Pick<SavedConnection, 'type' | 'settings'>,
  secret: string,
): Promise<EnrichedRun> => {
  const { db } = await freshControlDatabase()
  const connectionId = newId()
  await putConnection(db, {
    ...connection,
    id: connectionId,
    name: 'SUT',
    sealedCredentials: sealSecret(secret, connectionId, key),
  } as SavedConnection)
  const plan = await storeTemplate(db)
  const { id } = await storeRun(db, { ...plan, target: { ...plan.target, ...target, connectionId } })
  const startAtMs = await readClock(db)
  let version = 0
  const move = async (set: Parameters<typeof transitionRun>[1]['set']): Promise<void> => {
    await transitionRun(db, { runId: id, fromVersion: version, epoch: null, set })
    version = (await readRunNow(db, id)).version
  }
  await move({ status: 'STARTING', startRequestedAt: 'now' })
  await move({ status: 'RUNNING', phase: 'MEASUREMENT', startAtMs, measurementStartsAtMs: startAtMs, phaseStartedAt: 'now' })
  const warnings: string[] = []
  const warn = (words: string, about?: Readonly<Record<string, unknown>>): void => {
    warnings.push(`${words}: ${String(about?.['because'])}`)
  }
  return {
    db,
    id,
    deps: { db, credentialKey: key, tokenFolder: '/nowhere', log: { info: () => undefined, warn, error: warn } },
    warnings,
    read: () => readRunNow(db, id),
    now: async () => (await readClock(db)) - startAtMs,
    keep: async (executions, statements) => {
      await storeExecutions(db, id, executions)
      await insertRunStatements(
        db,
        id,
        statements.map((sql, operationIndex) => ({
          operationIndex,
          kind: 'POINT_LOOKUP',
          label: `statement ${operationIndex}`,
          operationType: 'READ',
          sql,
        })),
      )
    },
    end: () =>
      move({ status: 'STOPPING', stopRequestedAt: 'now' }).then(() => move({ status: 'COMPLETED', phase: 'COMPLETED', endedAt: 'now' })),
  }
}
