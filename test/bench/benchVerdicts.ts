import { JUDGED_METRICS } from '../../server/src/decide/compare/judgedMetrics.ts'
import { rateAmongOthers, rateVerdicts, SLOW, VERDICT_MODELS } from '../kit/verdictRates.ts'
import type { BenchOptions } from './options.ts'
import { printTable, tell } from './report.ts'

const PAIRS_A_TRY = 25
const MOST_SEEDS = 1e6

/** How often verdicts on imagined pairs of runs are right: of equal systems, and of systems of which one is 10 % worse. Other pairs each time. */
export const benchVerdicts = async ({ tries }: BenchOptions): Promise<void> => {
  const pairs = PAIRS_A_TRY * tries
  const seed = Math.floor(Math.random() * MOST_SEEDS)
  const percent = (count: number, of: number): string => (of === 0 ? '–' : ((100 * count) / of).toFixed(1))
  tell(`${pairs} pairs of each, seed ${seed}; all in percent`)
  const print = (name: string, rates: ReturnType<typeof rateVerdicts>): void =>
    printTable(
      [name, 'equal: called', 'equal: untold', '10 % worse: found', 'of those judged'],
      JUDGED_METRICS.map(metric => {
        const { falselyCalled = 0, untold = 0, found = 0, wrong = 0 } = rates.get(metric) ?? {}
        return [metric, percent(falselyCalled, pairs), percent(untold, pairs), percent(found, pairs), percent(found, found + wrong)]
      }),
    )
  for (const { name, system } of VERDICT_MODELS) print(name, rateVerdicts(system, pairs, seed))
  print('swinging slowly, for themselves alone', rateAmongOthers(SLOW, 0, pairs, seed))
  print('swinging slowly, with five others of each', rateAmongOthers(SLOW, 5, pairs, seed))
}
