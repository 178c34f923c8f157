import type { HeartbeatRecord, RunRecord } from '@flakebench/contract'
import { makeFigures } from '../../figures/makeFigures.ts'
import type { RunLog } from '../runLog.ts'
import type { TickDeps } from '../tickDeps.ts'
import { keepExecutions } from './keepExecutions.ts'
import type { StepOfProcessing } from './processing.ts'

/** What is done with a run that has sent something, once its results are written: its executions are loaded, what its SUT recorded is asked for, figures made. */
export const stepsAfterLoad = (
  run: RunRecord,
  { epoch, log }: { readonly epoch: number; readonly log: RunLog },
  heartbeats: readonly HeartbeatRecord[],
  { db, loadExecutions, enrichment }: TickDeps,
): StepOfProcessing[] => [
  {
    step: 'EXECUTIONS',
    fault: 'The executions could not be loaded',
    act: async (told, signal) => {
      // What the SUT counts goes on with others' work, and the loading may take minutes.
      await enrichment.loadEnded(run, signal)
      await keepExecutions(run, epoch, heartbeats, { db, load: loadExecutions, log }, told, signal)
    },
  },
  {
    step: 'ENRICHMENT',
    fault: 'What the system under test recorded could not be asked for',
    act: (told, signal) => enrichment.afterLoad(run, epoch, { signal, progress: told }),
  },
  { step: 'FIGURES', fault: 'The final figures could not be made', act: () => makeFigures(db, run) },
]
