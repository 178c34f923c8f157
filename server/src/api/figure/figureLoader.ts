import type { FigureName, RunFigures, RunRecord } from '@flakebench/contract'
import type { SqlClient } from '@flakebench/store'
import DataLoader from 'dataloader'
import { figuresOfRuns } from '../../figures/figuresOf.ts'

/** Figures of runs that are over, those of several runs by one reading; null: nothing was measured, or the run is not over. */
export interface FigureLoader {
  load<N extends FigureName>(run: RunRecord, name: N): Promise<RunFigures[N] | null>
}

interface Wanted {
  readonly run: RunRecord
  readonly name: FigureName
}

export const figureLoader = (db: SqlClient): FigureLoader => {
  const loader = new DataLoader<Wanted, RunFigures[FigureName] | null, string>(
    async wanted => {
      const runs = [...new Map(wanted.map(({ run }) => [run.id, run])).values()]
      const names = [...new Set(wanted.map(({ name }) => name))]
      const found = await figuresOfRuns(db, runs, names)
      return wanted.map(({ run, name }) => found.get(run.id)?.[name] ?? null)
    },
    { cacheKeyFn: ({ run, name }) => `${run.id} ${name}` },
  )
  return { load: async <N extends FigureName>(run: RunRecord, name: N) => (await loader.load({ run, name })) as RunFigures[N] | null }
}
