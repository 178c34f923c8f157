import type { RunRecord } from '@flakebench/contract'
import {
  type KeptReading,
  listRunStatements,
  type PostgresConnection,
  readClock,
  readStatementStatistics,
  type Unreadable,
} from '@flakebench/store'
import { statementShape } from '../decide/enrichment/statementShape.ts'
import { secretOf } from '../warehouse/connectionSession.ts'
import { keptShape } from './keptShape.ts'
import type { EnrichmentDeps } from './look.ts'

/** pg_stat_statements of a run's system under test, now, with its moment from the agreed start by the control database's clock. */
export const readStatementsNow = async (
  run: Pick<RunRecord, 'id' | 'plan' | 'startAtMs'>,
  connection: PostgresConnection,
  { db, credentialKey }: EnrichmentDeps,
): Promise<KeptReading | Unreadable> => {
  const database = run.plan.target.database ?? connection.settings.database
  const known = await listRunStatements(db, run.id)
  const own = known.length === 0 ? null : new Set(known.map(({ sql }) => statementShape(sql)))
  const found = await readStatementStatistics(connection, secretOf(connection, credentialKey), {
    database,
    readNow: () => readClock(db),
    shapeOf: text => keptShape(text, own),
  })
  return 'why' in found ? found : { atMs: found.atMs - (run.startAtMs ?? found.atMs), reading: found.reading }
}
