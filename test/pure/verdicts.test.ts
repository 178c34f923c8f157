import { describe, expect, it } from 'vitest'
import { effectOf } from '../../server/src/decide/compare/effect.ts'
import { verdictsOf } from '../kit/imaginedTrial.ts'
import { samplePlan } from '../kit/samplePlan.ts'
import { SAMPLE_START_MS } from '../kit/sampleRun.ts'
import { STEADY, saying, steadyTrial as trial, withResult } from '../kit/steadyTrial.ts'

describe('a verdict', () => {
  it('says in one sentence how much worse, from what to what, and within which bounds', () => {
    const { outcome, sentence, effectPercent, lowPercent, highPercent } = saying(trial('1'), trial('2', 0.2))
    expect(outcome).toBe('WORSE')
    expect(sentence).toMatch(
      /^p95 is \d+ % higher: [\d.]+ ms against [\d.]+ ms; between \d+ % and \d+ % higher with 95 % confidence, for these two runs alone\.$/,
    )
    expect(lowPercent).toBeLessThan(20)
    expect(highPercent).toBeGreaterThan(20)
    expect(effectPercent).toBeGreaterThan(lowPercent as number)
  })

  it('is the other way round with the runs changed about', () => {
    const [there, back] = [saying(trial('1'), trial('2', 0.2)), saying(trial('2', 0.2), trial('1'))]
    expect(back.outcome).toBe('BETTER')
    expect((1 + (there.effectPercent as number) / 100) * (1 + (back.effectPercent as number) / 100)).toBeCloseTo(1, 9)
    expect((1 + (there.lowPercent as number) / 100) * (1 + (back.highPercent as number) / 100)).toBeCloseTo(1, 9)
  })

  it('takes more throughput for better, and less of everything else', () => {
    const of = verdictsOf([trial('1', 0.2)], [trial('2')])
    expect(['QPS', 'P50', 'P95', 'MEAN'].map(metric => [metric, of.get(metric)?.outcome])).toEqual(
      ['QPS', 'P50', 'P95', 'MEAN'].map(metric => [metric, 'BETTER']),
    )
    expect(of.get('QPS')?.effectPercent).toBeGreaterThan(0)
    expect(of.get('P95')?.effectPercent).toBeLessThan(0)
  })

  it('is the same each time', () => {
    expect(saying(trial('1'), trial('2', 0.1))).toEqual(saying(trial('1'), trial('2', 0.1)))
  })

  it('finds no evidence of a difference where there are no errors on either side, and counts errors in percentage points', () => {
    const none = saying(trial('1'), trial('2'), 'ERROR_RATE')
    expect(none).toMatchObject({ outcome: 'NO_EVIDENCE', baseline: 0, candidate: 0 })
    const failing = saying(trial('1'), trial('2', 0, {}, { ...STEADY, errorRate: 0.05 }), 'ERROR_RATE')
    expect(failing.outcome).toBe('WORSE')
    expect(failing.sentence).toMatch(/^Error rate is [\d.]+ percentage points higher: [\d.]+ % against 0 %;/)
    expect(failing.effectPercent).toBeCloseTo(failing.candidate as number, 6)
  })

  it('warns of single runs, other days, another load and a time in which the client was the limit', () => {
    const other = trial('2', 0, {
      startAtMs: SAMPLE_START_MS + 86_400_000,
      status: 'CANCELLED',
      plan: samplePlan({ targetConnections: 16 }),
    })
    const { cautions } = saying(trial('1'), withResult(other, { clientLimitedSeconds: 2 }))
    expect(cautions).toEqual([
      'Another load: 16 connections against 8',
      'run 2 ended early (CANCELLED)',
      'In 1.11 % of run 2 the load generator could have been the limit',
      'Measured on different days (2023-11-14, 2023-11-15): what else ran there may have changed',
      'One run of each: what differs from run to run (caches, neighbours, maintenance) is not in the interval; repeat the runs to be surer',
    ])
  })
})

describe('the interval of a verdict', () => {
  it('that leaves zero out, of a difference under 1 %, says that it is too little to be called', () => {
    const steady = { ...STEADY, throughputSwing: 0.000_1, qps: 20_000, latencySwing: 0 }
    const { outcome, sentence, lowPercent, highPercent } = saying(trial('1', 0, {}, steady), trial('2', 0.006, {}, steady), 'QPS')
    expect(outcome).toBe('NO_EVIDENCE')
    expect(Math.sign(lowPercent as number)).toBe(Math.sign(highPercent as number))
    expect(sentence).toMatch(/^Throughput differs by less than 1 %, too little to be called: /)
  })

  it('of an error rate reaches no further than rates can', () => {
    const of = (figure: number) => ({ trials: [{ figure, variance: 0.01, degrees: 20 }], others: [] })
    const effect = effectOf('ERROR_RATE', of(0), of(1))
    expect(effect).toMatchObject({ difference: 1, high: 1 })
    expect(effect?.low).toBeGreaterThan(0)
  })
})

describe('trials of one configuration', () => {
  it('pool: three and two of them narrow the interval that one of each has', () => {
    const one = saying(trial('1'), trial('4', 0.1))
    const pooled = verdictsOf([trial('1'), trial('2'), trial('3')], [trial('4', 0.1), trial('5', 0.1)]).get('P95')
    const width = ({ lowPercent, highPercent }: typeof one): number => (highPercent ?? 0) - (lowPercent ?? 0)
    expect(pooled?.outcome).toBe('WORSE')
    expect(width(pooled as typeof one)).toBeLessThan(width(one))
    expect(pooled?.cautions).toEqual([])
  })

  it('that have no figures yet are left out, where others have them', () => {
    const verdict = verdictsOf([trial('1'), { ...trial('2'), result: null }], [trial('3', 0.2)]).get('P95')
    expect(verdict).toMatchObject({
      outcome: 'WORSE',
      cautions: ['run 2 has no figures, and is left out', expect.stringMatching(/^One run/)],
    })
  })

  it('that differ from each other by more than they vary within hide a difference that two of them alone would show', () => {
    expect(saying(trial('1'), trial('3', 0.1)).outcome).toBe('WORSE')
    const pooled = verdictsOf([trial('1'), trial('2', 0.3)], [trial('3', 0.1), trial('4', 0.35)]).get('P95')
    expect(pooled).toMatchObject({
      outcome: 'NOT_COMPARABLE',
      reasons: [expect.stringMatching(/^Too few trials: they differ too much/)],
      lowPercent: null,
      highPercent: null,
    })
  })

  it('are too few where two stand against one, and not too different: nobody knows how far they differ', () => {
    const { outcome, reasons, runToRunRuns } = verdictsOf([trial('1'), trial('2', 0.03)], [trial('3', 0.1)]).get('P95') ?? {}
    expect({ outcome, runToRunRuns }).toEqual({ outcome: 'NOT_COMPARABLE', runToRunRuns: 2 })
    expect(reasons?.[0]).toMatch(/^Too few trials to know how far they differ from each other, so that only a difference of \d+ % or more/)
  })
})

describe('runs of the same configurations that are not compared', () => {
  const scattered = (first: number, scatter: readonly number[]) => scatter.map((worse, i) => trial(String(first + i), worse))

  it('show what differs from run to run: two single runs that differ by more than that are told apart, with its caution', () => {
    const alone = verdictsOf([trial('1')], [trial('2', 0.2)]).get('P95')
    expect(alone).toMatchObject({ outcome: 'WORSE', isOfTheseRunsOnly: true, runToRunPercent: null, runToRunRuns: 0 })
    const known = verdictsOf([trial('1')], [trial('2', 0.2)], [scattered(10, [0.01, -0.01, 0, 0.01, -0.01]), []]).get('P95')
    expect(known).toMatchObject({ outcome: 'WORSE', isOfTheseRunsOnly: false, runToRunRuns: 6 })
    expect(known?.runToRunPercent).toBeGreaterThan(0.3)
    expect(known?.runToRunPercent).toBeLessThan(3)
    expect(known?.sentence).toMatch(/with 95 % confidence\.$/)
    expect(known?.cautions).toEqual([
      'What differs from run to run is known from 5 other runs of the same configurations (2023-11-14), not from repeats of these',
    ])
  })

  it('hide a difference that is no larger than theirs', () => {
    const others = scattered(10, [0.1, -0.1, 0.05, -0.05, 0.15])
    const verdict = verdictsOf([trial('1')], [trial('2', 0.06)], [others, []]).get('P95')
    expect(saying(trial('1'), trial('2', 0.06)).outcome).toBe('WORSE')
    expect(verdict).toMatchObject({
      outcome: 'NOT_COMPARABLE',
      reasons: [
        expect.stringMatching(
          /^Too few trials: other runs of the same configurations differ so much from each other that only a difference of \d+ %/,
        ),
      ],
    })
  })

  it('are not asked where they are few, or the trials show by themselves how far they differ', () => {
    const few = verdictsOf([trial('1')], [trial('2', 0.2)], [scattered(10, [0.3, -0.3]), []]).get('P95')
    expect(few).toMatchObject({ outcome: 'WORSE', isOfTheseRunsOnly: true })
    const scatter = scattered(10, [0.3, -0.3, 0.3, -0.3, 0.3, -0.3])
    const trials = verdictsOf([trial('1'), trial('3')], [trial('2', 0.2), trial('4', 0.2)], [scatter, scatter]).get('P95')
    expect(trials).toMatchObject({ outcome: 'WORSE', isOfTheseRunsOnly: false, runToRunRuns: 4, cautions: [] })
  })
})
