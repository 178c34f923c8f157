import {
  insertStatistics,
  type KeptReading,
  type LabelCount,
  listLabelCounts,
  listRunStatements,
  type PostgresConnection,
  readExecutionsKept,
  readStatistics,
  type Stretch,
  type Unreadable,
} from '@flakebench/store'
import { labelledShapes } from '../decide/enrichment/labelledShapes.ts'
import { statementDeltas } from '../decide/enrichment/statementDeltas.ts'
import { addLabelCounts } from './addLabelCounts.ts'
import { shapeDigest } from './keptShape.ts'
import { hasMeasured, type Look, type LookAt, secondsSinceEnd, skipped } from './look.ts'
import { portionsOf } from './portionsOf.ts'
import { readStatementsNow } from './readStatementsNow.ts'

/** A reading later than this is none of the end: what others have sent meanwhile would be in it. */
export const LATEST_END_SECONDS = 300

/** What pg_stat_statements counted between its reading at the measurement's start and one after all is drained. */
export const lookAtStatements: LookAt = async look => {
  const { deps, run, progress } = look
  const before = await readStatistics(deps.db, run.id, 'BASELINE')
  if (before === null) {
    const why = !hasMeasured(run)
      ? 'The run ended before its measurement began.'
      : 'pg_stat_statements could not be read when the measurement began; without that reading nothing can be told. Run again.'
    return skipped(why)
  }
  const after = await readEnd(look)
  if ('why' in after) return skipped(after.why)
  const stretch = { fromMs: before.atMs, toMs: after.atMs }
  const shapes = labelledShapes(await listRunStatements(deps.db, run.id)).map(one => ({ ...one, shape: shapeDigest(one.shape) }))
  if (shapes.length === 0) return skipped("The run's statements are not kept, so none can be found in pg_stat_statements.")
  const deltas = statementDeltas(before.reading, after.reading, shapes, await countExecutions(look, stretch))
  if ('why' in deltas) return { ...skipped(deltas.why), status: 'FAILED' }
  const { statements, matched, expected, note } = deltas
  if (matched !== null && expected !== null) progress(matched, expected)
  return {
    status: 'COMPLETED',
    note,
    matched,
    expected,
    content: { fromMs: stretch.fromMs, toMs: stretch.toMs, statements, clusters: [], overhead: [] },
    dueInSeconds: null,
  }
}

/** Those that ended in a stretch, by label; null: none are kept. */
const countExecutions = async ({ deps: { db }, run }: Look, stretch: Stretch): Promise<LabelCount[] | null> => {
  const kept = (await readExecutionsKept(db, [run.id])).get(run.id)
  if (kept === undefined ? !run.plan.advanced.keepExecutions : kept.loaded === 0 && kept.expected > 0) return null
  const counts = []
  for (const portion of portionsOf(stretch, 1)) {
    const part = { fromMs: Math.max(portion.fromMs, stretch.fromMs), toMs: Math.min(portion.toMs, stretch.toMs) }
    counts.push(...(await listLabelCounts(db, run.id, part)))
  }
  return addLabelCounts(counts)
}

const readEnd = async ({ deps, run, connection }: Look): Promise<KeptReading | Unreadable> => {
  const kept = await readStatistics(deps.db, run.id, 'END')
  if (kept !== null) return kept
  if (secondsSinceEnd(run) > LATEST_END_SECONDS)
    return { why: 'pg_stat_statements could not be read when the run had ended; by now others may have used the server. Run again.' }
  const now = await readStatementsNow(run, connection as PostgresConnection, deps)
  if ('why' in now) return now
  await insertStatistics(deps.db, run.id, 'END', now)
  return (await readStatistics(deps.db, run.id, 'END')) ?? now
}
