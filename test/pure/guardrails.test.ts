import type { FailThreshold, GuardrailState, Guardrails } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { type GuardrailJudgement, type GuardrailMemory, judgeGuardrails, NO_GUARDRAIL_MEMORY } from '../../server/src/decide/guardrails.ts'
import { forAll } from '../kit/seeded.ts'

const guardrailsOf = (change: Partial<Guardrails> = {}): Guardrails => ({
  enabled: true,
  mode: 'SOFT',
  maxCpuPercent: 80,
  maxMemoryPercent: 85,
  backOffPercent: 20,
  patienceIntervals: 3,
  failThreshold: 'ALL',
  ...change,
})

/** A worker's use of its CPU, or of both. */
type Use = number | readonly [cpu: number | null, memory: number | null]

const readingOf = (use: Use, workerGroupId: number, targetConnections: number) => {
  const [cpuUsedPercent, memoryUsedPercent] = typeof use === 'number' ? [use, 10] : use
  return { workerId: `worker-${workerGroupId}`, cpuUsedPercent, memoryUsedPercent, targetConnections }
}

interface Course extends GuardrailJudgement {
  /** Of each interval, until the run ended. */
  readonly words: readonly (GuardrailState['state'] | null)[]
  readonly allRemarks: readonly string[]
  readonly writes: number
}

/** Interval by interval, as the allocation would have it: a worker holds its share of 10, or its ceiling if that is less. */
const course = (
  guardrails: Guardrails,
  intervals: readonly (readonly Use[])[],
  from: GuardrailState | null = null,
  firstIndex = 0,
): Course => {
  let memory: GuardrailMemory = NO_GUARDRAIL_MEMORY
  let state = from
  const words: (GuardrailState['state'] | null)[] = []
  const allRemarks: string[] = []
  let writes = 0
  let judged: GuardrailJudgement = { memory, state, finish: null, remarks: [] }
  for (const [i, uses] of intervals.entries()) {
    const readings = uses.map((use, groupId) => readingOf(use, groupId, Math.min(10, state?.ceilings[`worker-${groupId}`] ?? 10)))
    judged = judgeGuardrails({ guardrails, memory, state, readings, fromMs: (firstIndex + i) * 1_000, atMs: (firstIndex + i + 1) * 1_000 })
    if (judged.state !== state) writes += 1
    ;({ memory, state } = judged)
    words.push(state?.state ?? null)
    allRemarks.push(...judged.remarks)
    if (judged.finish !== null) break
  }
  return { ...judged, words, allRemarks, writes }
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

describe('guardrails', () => {
  it('do nothing when they are off, or when nobody is over a bound', () => {
    expect(course(guardrailsOf({ enabled: false, mode: 'HARD' }), times(9, [99, 99]))).toMatchObject({
      state: null,
      finish: null,
      writes: 0,
    })
    for (const mode of ['SOFT', 'HARD'] as const) {
      const atTheBound: Use = [80, 85]
      expect(course(guardrailsOf({ mode }), times(9, [atTheBound, 3]))).toMatchObject({ state: null, finish: null, writes: 0 })
    }
  })

  it('that are hard end the run in the first interval in which a worker is over a bound', () => {
    expect(
      course(guardrailsOf({ mode: 'HARD' }), [
        [20, 20],
        [85.24, 20],
        [20, 20],
      ]),
    ).toMatchObject({
      finish: { reason: 'RESOURCE_EXHAUSTION', words: 'Guardrail: worker-0 used 85.2 % of its CPU, the bound is 80 %' },
      state: { state: 'CRITICAL', workersOverCpu: 1, workersOverMemory: 0, ceilings: {} },
      words: [null, 'CRITICAL'],
    })
    expect(
      course(guardrailsOf({ mode: 'HARD' }), [
        [
          [81, 90],
          [null, 86],
        ],
      ]).finish?.words,
    ).toBe(
      'Guardrail: worker-0 used 81 % of its CPU, the bound is 80 % and 90 % of its memory, the bound is 85 %; ' +
        'worker-1 used 86 % of its memory, the bound is 85 %',
    )
  })

  it('that are soft warn, back off after the patience, and stay degraded when it helped', () => {
    const { state, words, allRemarks, writes } = course(guardrailsOf(), [...times(3, [92, 30]), ...times(5, [60, 30])])
    expect(words).toEqual(['WARNING', 'WARNING', 'WARNING', ...times(5, 'DEGRADED')])
    expect(state).toEqual({
      state: 'DEGRADED',
      ceilings: { 'worker-0': 8 },
      workersOverCpu: 0,
      workersOverMemory: 0,
      actions: [
        {
          atMs: 3_000,
          workerId: 'worker-0',
          fromConnections: 10,
          toConnections: 8,
          reason: 'worker-0 used 92 % of its CPU, the bound is 80 %, for 3 intervals',
        },
      ],
    })
    expect(allRemarks).toEqual([
      'worker-0 is backed off from 10 to 8 connections: worker-0 used 92 % of its CPU, the bound is 80 %, for 3 intervals',
    ])
    expect(writes).toBe(3)
  })

  it('count intervals in a row only', () => {
    const { state, words } = course(guardrailsOf(), [[92], [92], [50], [92], [92], [50]])
    expect(words).toEqual(['WARNING', 'WARNING', 'NORMAL', 'WARNING', 'WARNING', 'NORMAL'])
    expect(state).toMatchObject({ state: 'NORMAL', ceilings: {}, actions: [] })
  })

  it('keep their count over an interval of which nothing is known', () => {
    const unknown: Use = [null, null]
    expect(
      course(guardrailsOf(), [
        [92, 1],
        [92, 1],
        [unknown, 1],
        [92, 1],
      ]).state?.ceilings,
    ).toEqual({ 'worker-0': 8 })
  })

  it.each<[FailThreshold, readonly Use[], number | null]>([
    ['ALL', [92, 92], 6],
    ['ALL', [92, 10], null],
    ['ALL', [92], 6],
    ['MAJORITY', [92, 92, 10], 6],
    ['MAJORITY', [92, 10], null],
    ['MAJORITY', [92, 10, 10], null],
    ['ANY', [92, 10, 10], 6],
    ['ANY', [10, 10, 10], null],
  ])('that are soft, with threshold %s and workers at %j, end the run in interval %s', (failThreshold, uses, endsIn) => {
    const { words, finish } = course(guardrailsOf({ failThreshold }), times(12, uses))
    expect(finish === null ? null : words.length).toBe(endsIn)
    expect(words.at(-1)).toBe(endsIn !== null ? 'CRITICAL' : uses.includes(92) ? 'WARNING' : null)
    if (endsIn !== null) expect(words.slice(2, 5)).toEqual(['CRITICAL', 'CRITICAL', 'CRITICAL'])
  })

  it('say who stayed over a bound', () => {
    expect(course(guardrailsOf({ failThreshold: 'MAJORITY' }), times(12, [92, 85.5, 3])).finish).toEqual({
      reason: 'RESOURCE_EXHAUSTION',
      words:
        'Guardrail: 2 of 3 workers stayed over a bound after a back-off: worker-0 used 92 % of its CPU, the bound is 80 %; ' +
        'worker-1 used 85.5 % of its CPU, the bound is 80 %',
    })
  })

  it('do not end the run when the workers are critical at different times', () => {
    const relay = [...times(6, [92, 10]), ...times(6, [10, 92])]
    expect(course(guardrailsOf(), relay)).toMatchObject({ finish: null, state: { ceilings: { 'worker-0': 6, 'worker-1': 6 } } })
  })

  it('back off at least by one, and never below one', () => {
    const { state, finish } = course(guardrailsOf({ backOffPercent: 1, patienceIntervals: 1 }), times(40, [92, 10]))
    expect(state?.ceilings).toEqual({ 'worker-0': 1 })
    expect(state?.actions.map(one => one.toConnections)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(finish).toBeNull()
  })

  it('take nothing from a worker that has nothing to give up, and end the run without speaking of a back-off', () => {
    const judge = (held: number, failThreshold: FailThreshold = 'ALL', intervals = 12) => {
      let judged: GuardrailJudgement = { memory: NO_GUARDRAIL_MEMORY, state: null, finish: null, remarks: [] }
      for (let i = 0; i < intervals && judged.finish === null; i++) {
        const readings = [readingOf(92, 0, held), ...(failThreshold === 'ANY' ? [readingOf(92, 1, 10)] : [])]
        judged = judgeGuardrails({
          ...judged,
          guardrails: guardrailsOf({ failThreshold }),
          readings,
          fromMs: i * 1_000,
          atMs: (i + 1) * 1_000,
        })
      }
      return judged
    }
    for (const held of [0, 1]) {
      expect(judge(held, 'ALL', 5)).toMatchObject({ finish: null, state: { state: 'CRITICAL', ceilings: {}, actions: [] } })
      const { state, finish } = judge(held)
      expect(state).toMatchObject({ ceilings: {}, actions: [] })
      expect(finish?.words).toBe(
        'Guardrail: 1 of 1 workers stayed over a bound: worker-0 used 92 % of its CPU, the bound is 80 %, and nothing could be taken from it',
      )
    }
    expect(judge(1, 'ANY').finish?.words).toBe(
      'Guardrail: 2 of 2 workers stayed over a bound: worker-0 used 92 % of its CPU, the bound is 80 %, and nothing could be taken from it; ' +
        'worker-1 used 92 % of its CPU, the bound is 80 %',
    )
  })

  it('do not count towards the next back-off what began before the last one', () => {
    const guardrails = guardrailsOf({ patienceIntervals: 1, failThreshold: 'ANY' })
    const at = (fromMs: number, before: GuardrailJudgement) =>
      judgeGuardrails({ ...before, guardrails, readings: [readingOf(92, 0, 10)], fromMs, atMs: 3_500 })
    const none: GuardrailJudgement = { memory: NO_GUARDRAIL_MEMORY, state: null, finish: null, remarks: [] }
    const three = at(3_000, at(2_000, at(1_000, none)))
    expect(three).toMatchObject({ finish: null, state: { ceilings: { 'worker-0': 8 } } })
    expect(three.state?.actions).toHaveLength(1)
    expect(at(4_000, three).finish).not.toBeNull()
  })

  it('keep the newest twenty actions', () => {
    const uses = times(5, 92)
    const { state } = course(guardrailsOf({ backOffPercent: 1, patienceIntervals: 1 }), times(30, [...uses, 10]))
    expect(state?.actions).toHaveLength(20)
    expect(state?.actions.at(-1)).toMatchObject({ atMs: 9_000, workerId: 'worker-4', toConnections: 1 })
  })

  it('go on from the ceilings of an earlier owner', () => {
    const { state } = course(guardrailsOf(), times(3, [92, 10]))
    const heir = course(guardrailsOf(), times(3, [92, 10]), state, 3)
    expect(heir.words[0]).toBe('WARNING')
    expect(heir.state).toMatchObject({
      ceilings: { 'worker-0': 6 },
      actions: [{ toConnections: 8 }, { fromConnections: 8, toConnections: 6 }],
    })
  })

  it('never end the run for one worker of several where all must be over, whatever it does, and relieve it in time', () => {
    forAll(random => {
      const guardrails = guardrailsOf({
        patienceIntervals: random.whole(1, 6),
        backOffPercent: random.whole(1, 90),
      })
      const workers = random.whole(2, 6)
      const offender = random.whole(0, workers - 1)
      const isSteady = random.fraction() < 0.5
      const uses = (): number[] =>
        Array.from({ length: workers }, (_, i) =>
          i === offender && (isSteady || random.fraction() < 0.8) ? 81 + random.fraction() * 30 : 79,
        )
      const intervals = Array.from({ length: random.whole(1, 40) }, uses)
      const { finish, state } = course(guardrails, intervals)
      expect(finish).toBeNull()
      expect(Object.keys(state?.ceilings ?? {}).filter(id => id !== `worker-${offender}`)).toEqual([])
      if (isSteady && intervals.length >= guardrails.patienceIntervals + 1) {
        const early = course(guardrails, intervals.slice(0, guardrails.patienceIntervals + 1))
        expect(early.state?.ceilings[`worker-${offender}`]).toBeLessThan(10)
      }
    })
  })

  it('never let a ceiling rise, and write nothing when nothing has changed', () => {
    forAll(random => {
      const guardrails = guardrailsOf({ patienceIntervals: random.whole(1, 4), failThreshold: random.pick(['ALL', 'MAJORITY', 'ANY']) })
      let memory: GuardrailMemory = NO_GUARDRAIL_MEMORY
      let state: GuardrailState | null = null
      for (let i = 0; i < 40; i++) {
        const readings = [0, 1, 2].map(id =>
          readingOf(random.pick([50, 95, [null, 90] as const, [null, null] as const]), id, random.whole(1, 30)),
        )
        const before: GuardrailState | null = state
        const judged = judgeGuardrails({ guardrails, memory, state, readings, fromMs: i * 1_000, atMs: i * 1_000 })
        const ceilings: Readonly<Record<string, number>> = judged.state?.ceilings ?? {}
        for (const [id, ceiling] of Object.entries(before?.ceilings ?? {})) expect(ceilings[id]).toBeLessThanOrEqual(ceiling)
        for (const ceiling of Object.values(ceilings)) expect(ceiling).toBeGreaterThanOrEqual(1)
        if (judged.state !== before) expect(judged.state).not.toEqual(before)
        if (judged.finish !== null) return
        ;({ memory, state } = judged)
      }
    })
  })
})
