import { describe, expect, it } from 'vitest'
import type { SloJudgement } from '../../client/src/api/documents/loadFields.ts'
import { ceilingOf, shownCeilings } from '../../client/src/features/run/connectionCeiling.ts'
import { fleetLanes } from '../../client/src/features/run/fleetLanes.ts'
import { guardrailRule, guardrailSentence } from '../../client/src/features/run/guardrailWords.ts'
import { limitCausesText, workerLimitText } from '../../client/src/features/run/limitWords.ts'
import { addLines, levelsInUrl, readLevels, readSources, toggleLevel, toggleSource } from '../../client/src/features/run/logLines.ts'
import { judgementText, sloMark, worstVerdict } from '../../client/src/features/run/sloMarks.ts'
import { targetProblem } from '../../client/src/features/run/workerTarget.ts'
import { addSilence, type SilentSpans } from '../../client/src/stores/fleetSeen.ts'
import { newerState, stateOfDetail, stateOfUpdate } from '../../client/src/stores/runState.ts'
import { at, historyPoint, metrics, runWorker, timing } from '../kit/sampleConsole.ts'
import { guardrailStatus, judgement, logLine, resultArrivals } from '../kit/sampleLoad.ts'
import { runDetail, runPlan, runResult, runUpdate } from '../kit/sampleRunDetail.ts'

describe('the ceiling of the connections', () => {
  it('is what the bounds allow, less what guardrails took', () => {
    const ceilings = [{ workerId: 'worker-0', connections: 16 }]
    expect(ceilingOf(runPlan())).toBe(40)
    expect(ceilingOf(runPlan(), guardrailStatus({ ceilings }))).toBe(36)
  })

  it('is drawn only where it would not press the lines flat', () => {
    expect(shownCeilings(runPlan(), null, [historyPoint(1, { targetConnections: 4 })], timing())).toEqual([null])
    expect(shownCeilings(runPlan(), null, [historyPoint(1, { targetConnections: 20 })], timing())).toEqual([40])
  })

  it('is lower from a back-off on, and not before', () => {
    const action = { at: at(22), workerId: 'worker-0', fromConnections: 16, toConnections: 12, reason: 'used 85 % of its CPU' }
    const guardrail = guardrailStatus({
      ceilings: [{ workerId: 'worker-0', connections: 8 }],
      actions: [action, { ...action, at: at(32), fromConnections: 12, toConnections: 8 }],
    })
    const history = [10, 20, 25, 30].map(seconds => historyPoint(seconds, { targetConnections: 20 }))
    expect(shownCeilings(runPlan(), guardrail, history, timing())).toEqual([40, 32, 32, 28])
  })
})

describe('an objective', () => {
  const broken = judgement({ observed: 12.4, verdict: 'FAIL' })

  it('is told with its figure and its bound as it was set', () => {
    expect(judgementText(broken)).toBe('Point lookup p95 12.4 ms, at most 10 ms: broken')
    expect(judgementText(judgement({ bound: 'ERROR_RATE', limit: 0.5, observed: null, verdict: 'PENDING' }))).toBe(
      'Point lookup errors —, at most 0.5 %: too few operations',
    )
  })

  it('is broken as soon as one of several is', () => {
    const verdicts = (...each: readonly SloJudgement['verdict'][]) => worstVerdict(each.map(verdict => judgement({ verdict })))
    expect([verdicts(), verdicts('PASS', 'PENDING'), verdicts('PASS', 'FAIL', 'PENDING'), verdicts('PASS')]).toEqual([
      null,
      'PENDING',
      'FAIL',
      'PASS',
    ])
  })

  it('is marked by how it is now, with the whole beside it', () => {
    const mark = sloMark([broken], [judgement()], each => each.bound === 'P95')
    expect(mark?.verdict).toBe('FAIL')
    expect(mark?.word).toBe('SLO point lookup')
    expect(sloMark([], [broken, judgement({ kind: 'INSERT', verdict: 'FAIL' })], () => true)?.word).toBe('SLO of 2 kinds')
    expect(mark?.title).toMatch(/^SLO now\n.*broken\nSLO so far\n.*kept$/)
    expect(sloMark([], [judgement()], () => true)?.verdict).toBe('PASS')
    expect(sloMark([broken], [], each => each.bound === 'P99')).toBeNull()
  })
})

describe('guardrails', () => {
  it('are told in plain words', () => {
    const rule = runPlan().guardrails
    expect(guardrailRule({ ...rule, mode: 'HARD' })).toBe('A worker over 80 % of a worker’s CPU or 85 % of its memory ends the run.')
    expect(guardrailRule(rule)).toMatch(/for 3 intervals gives up 20 % of its connections; the run fails when all workers are still over/)
    expect(guardrailSentence(guardrailStatus())).toBe('No worker is over its bounds')
    expect(
      guardrailSentence(guardrailStatus({ state: 'DEGRADED', workersOverCpu: 2, ceilings: [{ workerId: 'worker-0', connections: 4 }] })),
    ).toBe('2 workers over the CPU bound; 1 worker backed off')
  })
})

describe('what limits the client', () => {
  it('is told most frequent first, of the measurement', () => {
    const limited = { clientLimited: true }
    const history = [
      historyPoint(1, { ...limited, phase: 'WARMUP', eventLoopDelayP99Ms: 50 }),
      historyPoint(2, { ...limited, eventLoopDelayP99Ms: 14 }),
      historyPoint(3, limited),
      historyPoint(4, limited),
      historyPoint(5),
    ]
    expect(limitCausesText(history)).toBe('a full CPU or event loop, a late event loop')
    expect(limitCausesText([historyPoint(1)])).toBe('')
  })

  it('is told of a worker with its figures', () => {
    expect(workerLimitText(runWorker({ eventLoopDelayP99Ms: 14.2, eventLoopUtilizationPercent: 20, cpuUsedPercent: 99 }))).toBe(
      'event loop late by 14.2 ms, 99.0 % of its CPU used',
    )
  })
})

describe('the silence of workers', () => {
  const seen = (known: SilentSpans, health: 'HEALTHY' | 'STALE' | 'DEAD', atSeconds: number, agoSeconds = 0): SilentSpans =>
    addSilence(known, [runWorker({ health, lastHeartbeatAgoSeconds: agoSeconds })], atSeconds)

  it('begins with the last heartbeat, and ends when one is heard again', () => {
    let spans: SilentSpans = seen(new Map(), 'HEALTHY', 1)
    expect(spans.size).toBe(0)
    spans = seen(spans, 'STALE', 40, 30)
    expect(seen(spans, 'STALE', 41, 31)).toBe(spans)
    spans = seen(spans, 'DEAD', 70, 60)
    spans = seen(spans, 'HEALTHY', 75)
    expect(spans.get('worker-0')).toEqual([
      { health: 'STALE', fromSeconds: 10, toSeconds: 70 },
      { health: 'DEAD', fromSeconds: 70, toSeconds: 75 },
    ])
  })
})

describe('the lanes of the fleet', () => {
  it('show when workers joined, were not heard of, left and were lost', () => {
    const note = (workerId: string, standing: 'JOINING' | 'LEAVING' | 'LOST', seconds: number) => ({
      workerId,
      standing,
      at: at(seconds),
      reason: null,
    })
    const worker = (groupId: number, startOffsetMs: number | null) =>
      runWorker({ workerId: `worker-${groupId}`, workerGroupId: groupId, startOffsetMs })
    const lanes = fleetLanes({
      workers: [worker(3, null), worker(2, 30_000), worker(0, 4), worker(1, 5)],
      notes: [note('worker-1', 'LOST', 22), note('worker-2', 'LEAVING', 52), note('worker-3', 'JOINING', 57)],
      lost: [],
      silence: new Map([['worker-0', [{ health: 'STALE' as const, fromSeconds: 10, toSeconds: 15 }]]]),
      timing: timing({ serverNow: at(62) }),
      untilSeconds: 60,
      isOver: false,
    })
    expect(lanes.map(lane => [lane.workerId, ...lane.parts.map(part => `${part.look} ${part.fromSeconds}–${part.toSeconds}`)])).toEqual([
      ['worker-0', 'serving 0.004–60', 'stale 10–15'],
      ['worker-1', 'serving 0.005–20', 'lost 20–60'],
      ['worker-2', 'serving 30–50', 'leaving 50–60'],
      ['worker-3', 'joining 55–60'],
    ])
    expect(lanes[0]?.parts[1]?.words).toBe('not heard of from 0:10 to 0:15: as seen by this page')
  })

  it('end a worker that reported no end with its last heartbeat, once the run is over, and one that left with its own', () => {
    const lanes = fleetLanes({
      workers: [
        runWorker({ startOffsetMs: 4, health: 'DEAD', lastHeartbeatAgoSeconds: 1_000, lastError: 'killed by SIGKILL' }),
        runWorker({ workerId: 'worker-1', workerGroupId: 1, startOffsetMs: 5, status: 'COMPLETED', lastHeartbeatAgoSeconds: 990 }),
        runWorker({ workerId: 'worker-2', workerGroupId: 2, startOffsetMs: 5, status: 'COMPLETED', lastHeartbeatAgoSeconds: 950 }),
      ],
      notes: [{ workerId: 'worker-1', standing: 'LEAVING', at: at(24), reason: 'no longer needed' }],
      lost: [],
      silence: new Map(),
      timing: timing({ serverNow: at(1_022) }),
      untilSeconds: 60,
      isOver: true,
    })
    expect(lanes.map(lane => lane.parts.map(part => part.words))).toEqual([
      ['serving from 0:00 to 0:20', 'lost from 0:20 to 1:00: killed by SIGKILL'],
      ['serving from 0:00 to 0:22', 'leaving from 0:22 to 0:30: no longer needed'],
      ['serving from 0:00 to 1:00'],
    ])
  })
})

describe('the log', () => {
  it('has each line once, and drops the oldest of too many', () => {
    const lines = addLines([logLine(1)], [logLine(1), logLine(2), logLine(2), logLine(3)])
    expect(lines.map(line => line.id)).toEqual(['line-1', 'line-2', 'line-3'])
    expect(addLines(lines, [logLine(1)])).toBe(lines)
    expect(addLines(lines, [logLine(4)], 2).map(line => line.id)).toEqual(['line-3', 'line-4'])
  })

  it('has a line that is told late where it was written', () => {
    const lines = addLines([logLine(8), logLine(10)], [logLine(9), logLine(11)])
    expect(lines.map(line => line.id)).toEqual(['line-8', 'line-9', 'line-10', 'line-11'])
    const many = addLines([logLine(9), logLine(10)], [logLine(1), logLine(11)], 3)
    expect(many.map(line => line.id)).toEqual(['line-9', 'line-10', 'line-11'])
  })

  it('keeps its filter in the URL', () => {
    expect(readLevels(null)).toEqual(['INFO', 'WARN', 'ERROR'])
    expect(readLevels('debug error loud')).toEqual(['DEBUG', 'ERROR'])
    expect(levelsInUrl(readLevels(null))).toBeNull()
    expect(levelsInUrl(toggleLevel(readLevels(null), 'INFO'))).toBe('warn error')
    expect(readSources('find max,load')).toEqual(['find max', 'load'])
  })

  it('has no filter of sources when all are wanted, or none', () => {
    const known = ['control', 'load']
    expect(toggleSource(known, null, 'load')).toEqual(['control'])
    expect(toggleSource(known, ['control'], 'load')).toBeNull()
    expect(toggleSource(known, ['control'], 'control')).toBeNull()
  })
})

describe('the target of a worker', () => {
  it('is a whole number of connections', () => {
    expect(['12', ' 1 ', '0', '100000'].map(targetProblem)).toEqual([null, null, null, null])
    expect(['', '-1', '1.5', '100001', 'many'].every(text => targetProblem(text) !== null)).toBe(true)
  })
})

describe('the state of a run that is asked for again', () => {
  it('keeps what only updates tell, until the run is over', () => {
    const detail = runDetail({ timing: timing({ serverNow: at(20) }) })
    const arrivals = resultArrivals()
    const known = stateOfUpdate(runUpdate(detail, { slos: [judgement()], slosNow: [judgement({ verdict: 'FAIL' })], arrivals }))
    const later = runDetail({ timing: timing({ serverNow: at(21) }) })
    expect(newerState(known, stateOfDetail(later, known))).toEqual({ ...known, timing: later.timing })
    const ended = runDetail({ status: 'COMPLETED', result: runResult({ slos: [] }), aggregateMetrics: metrics({ qps: 7 }) })
    expect(stateOfDetail(ended, known)).toMatchObject({ slos: [], slosNow: [], arrivals: null, measurementMetrics: { qps: 7 } })
  })
})
