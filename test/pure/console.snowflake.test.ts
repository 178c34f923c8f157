import { describe, expect, it } from 'vitest'
import { kindRows } from '../../client/src/features/run/kindRows.ts'
import { lookPoints, setupFacts, warehouseFacts, warehouseLook } from '../../client/src/features/run/warehouseWords.ts'
import { appendLooks, pointOfWarehouse } from '../../client/src/stores/warehousePoints.ts'
import { operationColours } from '../../client/src/ui/words/kinds.ts'
import { computeText, targetText } from '../../client/src/ui/words/plans.ts'
import { at, kindMetrics, look, plannedOperation, runWarehouse, warehouseDetails } from '../kit/sampleConsole.ts'

describe('the looks at a warehouse', () => {
  it('are told by the newest updates, each once', () => {
    const known = [look(0), look(5)]
    const told = [
      runWarehouse({ recordedAt: at(12) }),
      runWarehouse({ recordedAt: at(12) }),
      runWarehouse({ recordedAt: at(17), queued: 7 }),
    ]
    const points = appendLooks(
      known,
      told.map(each => pointOfWarehouse(each, at(2))),
    )
    expect(points.map(point => [point.elapsedSeconds, point.queued])).toEqual([
      [0, 0],
      [5, 0],
      [10, 0],
      [15, 7],
    ])
  })

  it('add nothing when they are old, not made yet, or without a start', () => {
    const known = [look(0), look(5)]
    for (const [warehouse, startedAt] of [
      [runWarehouse({ recordedAt: at(7.2) }), at(2)],
      [runWarehouse({ recordedAt: null }), at(2)],
      [runWarehouse({ recordedAt: at(20), running: null }), at(2)],
      [runWarehouse({ recordedAt: at(20) }), null],
      [null, at(2)],
    ] as const) {
      expect(appendLooks(known, [pointOfWarehouse(warehouse, startedAt)])).toBe(known)
    }
  })

  it('break the line where some are missing, right behind the last, and leave out all but one before the start', () => {
    const looks = [look(-9), look(-4), look(1), look(6), look(11), look(41), look(46)]
    expect(lookPoints(looks, each => each.running)).toEqual([
      [0, 3],
      [1, 3],
      [6, 3],
      [11, 3],
      [11.001, null],
      [41, 3],
      [46, 3],
    ])
    expect(lookPoints([look(0), look(10), look(20)], each => each.startedClusters)).toHaveLength(3)
    expect(lookPoints([], each => each.running)).toEqual([])
    expect(lookPoints([look(3)], each => each.running)).toEqual([[3, 3]])
  })
})

describe('the warehouse panel', () => {
  const factsOf = (change: Parameters<typeof runWarehouse>[0]): Readonly<Record<string, string>> =>
    Object.fromEntries(warehouseFacts(runWarehouse(change)).map(({ word, text }) => [word, text]))

  it('says how many clusters there are, and may be', () => {
    expect(factsOf({ startedClusters: 2, minClusters: 1, maxClusters: 4 })['Clusters']).toBe('2 of 1–4')
    expect(factsOf({ startedClusters: 1, minClusters: 2, maxClusters: 2 })['Clusters']).toBe('1 of 2')
    expect(factsOf({ startedClusters: 1, minClusters: null, maxClusters: null })['Clusters']).toBe('1')
    expect(factsOf({ startedClusters: null, minClusters: null, maxClusters: null })['Clusters']).toBe('—')
  })

  it('shows an em dash for what it was not told, never 0', () => {
    const nothing = { type: null, size: null, running: null, queued: null, scalingPolicy: null, startedClusters: null }
    const facts = factsOf({ ...nothing, minClusters: null, maxClusters: null })
    expect(new Set(Object.values(facts))).toEqual(new Set(['—']))
  })

  it('marks a queue, and nothing else', () => {
    const tonesOf = (queued: number) => warehouseFacts(runWarehouse({ queued })).filter(fact => fact.tone !== undefined)
    expect(tonesOf(0)).toEqual([])
    expect(tonesOf(3).map(fact => fact.word)).toEqual(['Queued'])
  })

  it('has a word and a mark for each state, known or not', () => {
    expect(warehouseLook('STARTED')).toEqual({ word: 'Started', icon: 'check', tone: 'good' })
    expect(warehouseLook('SUSPENDED').tone).toBe('neutral')
    expect(warehouseLook('RESIZING')).toEqual({ word: 'Resizing', icon: 'dots', tone: 'accent' })
    expect(warehouseLook(null).word).toBe('not seen yet')
  })

  it('says how the warehouse was set up', () => {
    const facts = Object.fromEntries(setupFacts(warehouseDetails()).map(({ word, text }) => [word, text]))
    expect(facts).toMatchObject({
      Type: 'Snowpark-optimized',
      'Suspends after': '10 min',
      'Resumes by itself': 'on',
      Acceleration: 'on, at most × 8',
      'Resource constraint': 'Memory 16x',
    })
    const never = setupFacts(warehouseDetails({ autoSuspendSeconds: null, queryAcceleration: false, resourceConstraint: null }))
    expect(never.map(fact => fact.text)).toEqual(expect.arrayContaining(['never', 'off', 'none']))
  })
})

describe('the table of kinds', () => {
  const planned = [
    plannedOperation({ kind: 'POINT_LOOKUP', label: 'POINT_LOOKUP', weight: 50, sql: null }),
    plannedOperation({ label: 'Newest order', weight: 30, sql: 'SELECT 1' }),
    plannedOperation({ label: 'Write audit', operationType: 'WRITE', weight: 20, sql: 'INSERT INTO audit VALUES (?)' }),
  ]

  it('has one row for each label of generic SQL, with what it does and its own figures', () => {
    const rows = kindRows(planned, [
      kindMetrics({ kind: 'GENERIC_SQL', label: 'Write audit', operations: 7 }),
      kindMetrics({ kind: 'GENERIC_SQL', label: 'Newest order', operations: 5 }),
    ])
    expect(rows.map(row => [row.word, row.operationType, row.plannedPercent, row.metrics?.operations ?? null])).toEqual([
      ['Point lookup', null, 50, null],
      ['Newest order', 'READ', 30, 5],
      ['Write audit', 'WRITE', 20, 7],
    ])
  })

  it('shows what was measured without being planned, after the rest and in no other colour', () => {
    const rows = kindRows(planned, [kindMetrics({ kind: 'GENERIC_SQL', label: 'Nobody planned this', operations: 1 })])
    expect(rows.at(-1)).toMatchObject({ word: 'Nobody planned this', plannedPercent: null })
    expect(rows.slice(0, 3).map(row => row.colour)).toEqual(kindRows(planned, []).map(row => row.colour))
  })
})

describe('the colours of a mix', () => {
  const label = (at: number) => ({ kind: 'GENERIC_SQL' as const, label: `Statement ${at}` })

  it('differ for sixteen labels, and from the usual kinds', () => {
    const usual = (['POINT_LOOKUP', 'RANGE_SCAN', 'INSERT', 'UPDATE'] as const).map(kind => ({ kind }))
    const colours = operationColours([...usual, ...Array.from({ length: 16 }, (_, i) => label(i))])
    expect(new Set(colours).size).toBe(20)
  })

  it('are the same for a label whatever usual kinds are in the mix', () => {
    const [, alone] = operationColours([label(1), label(2)])
    expect(operationColours([{ kind: 'POINT_LOOKUP' }, label(1), { kind: 'UPDATE' }, label(2)]).at(-1)).toBe(alone)
  })
})

describe('the target of a run', () => {
  const place = { database: 'BENCH', schema: 'PUBLIC', table: 'ORDERS' }

  it('is named in full on Snowflake, with its warehouse, and by its schema on PostgreSQL', () => {
    const hybrid = { ...place, tableType: 'HYBRID' as const, warehouse: 'BENCH_WH', warehouseSize: 'X-Small' }
    expect(targetText(hybrid)).toBe('BENCH.PUBLIC.ORDERS')
    expect(computeText(hybrid)).toBe('BENCH_WH · X-Small')
    expect(computeText({ ...hybrid, warehouseSize: null })).toBe('BENCH_WH')
    expect(targetText({ ...hybrid, database: null })).toBe('PUBLIC.ORDERS')
    const postgres = { ...place, tableType: 'POSTGRES' as const, postgresInstanceSize: '8 cores' }
    expect(targetText(postgres)).toBe('PUBLIC.ORDERS')
    expect(computeText(postgres)).toBe('8 cores')
  })
})
