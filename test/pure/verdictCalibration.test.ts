import { describe, expect, it } from 'vitest'
import { JUDGED_METRICS } from '../../server/src/decide/compare/judgedMetrics.ts'
import { rateVerdicts, VERDICT_MODELS } from '../kit/verdictRates.ts'

const PAIRS = 500
/** Always the same pairs: how often a verdict is wrong is a property of the method, not of the day. `pnpm bench verdicts` takes others. */
const SEED = 20_000
const percent = (count: number, of: number): number => (of === 0 ? 0 : (100 * count) / of)

describe.each(VERDICT_MODELS)('verdicts on pairs of imagined runs, $name', ({ name, system, finds }) => {
  it(`call a difference in at most 5 % of equal pairs, and a true one of 10 % in at least 95 % of those that they judge`, () => {
    const rates = rateVerdicts(system, PAIRS, SEED)
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
    expect(table.filter(row => row.falselyCalled > 5 || row.foundOfJudged < 95)).toEqual([])
    expect(table.filter(row => finds.includes(row.metric) && row.found < 95)).toEqual([])
  })
})
