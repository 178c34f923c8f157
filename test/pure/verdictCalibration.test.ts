import { describe, expect, it } from 'vitest'
import { JUDGED_METRICS, type JudgedMetric } from '../../server/src/decide/compare/judgedMetrics.ts'
import { rateAmongOthers, rateVerdicts, SLOW, VERDICT_MODELS, type VerdictRates } from '../kit/verdictRates.ts'

const PAIRS = 500
/** Always the same pairs: how often a verdict is wrong is a property of the method, not of the day. `pnpm bench verdicts` takes others. */
const SEED = 20_000
const percent = (count: number, of: number): number => (of === 0 ? 0 : (100 * count) / of)

interface Row {
  readonly metric: JudgedMetric
  readonly falselyCalled: number
  readonly untold: number
  readonly found: number
  readonly foundOfJudged: number
}

/** All in percent; it is printed as well. */
const tabled = (name: string, rates: ReadonlyMap<JudgedMetric, VerdictRates>): Row[] => {
  const table = JUDGED_METRICS.map(metric => {
    const { falselyCalled = 0, untold = 0, found = 0, wrong = 0 } = rates.get(metric) ?? {}
    return {
      metric,
      falselyCalled: percent(falselyCalled, PAIRS),
      untold: percent(untold, PAIRS),
      found: percent(found, PAIRS),
      foundOfJudged: percent(found, found + wrong),
    }
  })
  const lines = table.map(
    row =>
      `${row.metric}: ${row.falselyCalled.toFixed(1)} % falsely called, ${row.untold.toFixed(1)} % untold, ${row.found.toFixed(1)} % found, ` +
      `${row.foundOfJudged.toFixed(1)} % of those judged`,
  )
  console.log(`${name}, seed ${SEED}, ${PAIRS} pairs\n  ${lines.join('\n  ')}`)
  return table
}

describe.each(VERDICT_MODELS)('verdicts on pairs of imagined runs, $name', ({ name, system, finds }) => {
  it(`call a difference in at most 5 % of equal pairs, and a true one of 10 % in at least 95 % of those that they judge`, () => {
    const rates = rateVerdicts(system, PAIRS, SEED)
    const table = tabled(name, rates)
    expect(table.filter(row => row.falselyCalled > 5 || row.foundOfJudged < 95)).toEqual([])
    expect(table.filter(row => finds.includes(row.metric) && row.found < 95)).toEqual([])
  })
})

describe('verdicts on pairs of imagined runs that differ from each other by more than they can show', () => {
  it('keep their bounds where five other runs of each configuration are known', () => {
    const table = tabled('swinging slowly, with five others each', rateAmongOthers(SLOW, 5, PAIRS, SEED))
    expect(table.filter(row => row.falselyCalled > 5 || row.foundOfJudged < 95)).toEqual([])
  })
})
