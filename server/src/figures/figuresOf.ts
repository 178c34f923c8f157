import { DIGEST_VERSION, type FigureName, isTerminal, type RunFigures, type RunRecord } from '@flakebench/contract'
import { readFigures, type SqlClient } from '@flakebench/store'
import { makeFigures } from './makeFigures.ts'

/** Some figures of a run. */
export type SomeFigures<N extends FigureName> = Pick<RunFigures, N>

/** These figures of a run; of one that ended without them, or with those of an earlier version, they are made now. Null: the run is not over, or nothing was measured. */
export const figuresOf = async <N extends FigureName>(db: SqlClient, run: RunRecord, names: readonly N[]): Promise<SomeFigures<N> | null> =>
  (await figuresOfRuns(db, [run], names)).get(run.id) ?? null

/** The same of several runs, by run id; where there are none, the run is absent. */
export const figuresOfRuns = async <N extends FigureName>(
  db: SqlClient,
  runs: readonly RunRecord[],
  names: readonly N[],
): Promise<Map<string, SomeFigures<N>>> => {
  const found = new Map<string, SomeFigures<N>>()
  const over = runs.filter(run => isTerminal(run.status))
  const take = async (wanted: readonly RunRecord[]): Promise<void> => {
    const read = await readFigures(
      db,
      wanted.map(run => run.id),
      names,
    )
    for (const [runId, figures] of read) if (isWhole(figures, names)) found.set(runId, figures as SomeFigures<N>)
  }
  await take(over)
  const missing = over.filter(run => !found.has(run.id))
  // One after the other: each takes memory.
  for (const run of missing) await makeOnce(db, run)
  await take(missing)
  return found
}

/** Figures of an earlier version are as good as none. */
const isWhole = (figures: Partial<RunFigures>, names: readonly FigureName[]): boolean =>
  names.every(name => figures[name] !== undefined && (name !== 'DIGEST' || figures.DIGEST?.version === DIGEST_VERSION))

const underWay = new WeakMap<SqlClient, Map<string, Promise<void>>>()

/** Whoever asks while they are made waits for the same. */
const makeOnce = (db: SqlClient, run: RunRecord): Promise<void> => {
  const making = underWay.get(db) ?? new Map<string, Promise<void>>()
  underWay.set(db, making)
  const before = making.get(run.id)
  if (before !== undefined) return before
  const work = makeFigures(db, run).finally(() => making.delete(run.id))
  making.set(run.id, work)
  return work
}
