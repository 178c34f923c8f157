/// <reference lib="dom" />
import { describe, expect, it } from 'vitest'
import { openRunPages, part, text } from '../kit/runPages.ts'
import { at, historyPoint, runWorker, timing } from '../kit/sampleConsole.ts'
import { guardrailStatus, judgement, logLine } from '../kit/sampleLoad.ts'
import { runDetail, runPlan, runUpdate } from '../kit/sampleRunDetail.ts'

const pages = openRunPages()

describe('guardrails and objectives', () => {
  it('tell of each back-off as it happens, and mark the worker', async () => {
    const base = runPlan()
    const detail = runDetail({
      id: '01GUARD',
      plan: { ...base, guardrails: { ...base.guardrails, enabled: true } },
      guardrail: guardrailStatus(),
      workers: [runWorker()],
      timing: timing({ serverNow: at(20) }),
    })
    const page = await pages.open(detail)
    await page.waitForSelector(`${part('guardrail')}[data-state="NORMAL"]`)
    const action = {
      at: at(22),
      workerId: 'worker-0',
      fromConnections: 16,
      toConnections: 12,
      reason: 'used 85.2 % of its CPU, the bound is 80 %',
    }
    const guardrail = guardrailStatus({ state: 'DEGRADED', ceilings: [{ workerId: 'worker-0', connections: 12 }], actions: [action] })
    pages.api().tell({
      ...runUpdate(detail, { guardrail, timing: timing({ serverNow: at(23) }) }),
      workers: [runWorker({ connectionCeiling: 12 })],
    })
    await page.waitForSelector(`${part('guardrail')}[data-state="DEGRADED"]`)
    expect(await text(page, 'guardrail-action')).toBe('0:20 worker-0 16 → 12 used 85.2 % of its CPU, the bound is 80 %')
    expect(await page.locator(`${part('worker-worker-0')} .backed-off`).count()).toBe(1)
  })

  it('mark a broken objective on its card and in the table of kinds, now and so far', async () => {
    const detail = runDetail({ id: '01SLO', timing: timing({ serverNow: at(20) }) })
    const page = await pages.open(detail)
    const slosNow = [judgement({ observed: 12.4, verdict: 'FAIL' })]
    pages.api().tell(runUpdate(detail, { slos: [judgement()], slosNow, timing: timing({ serverNow: at(21) }) }))
    await page.waitForSelector(`${part('metric-p95')} [aria-label="SLO point lookup broken"]`)
    const row = page.locator(part('kind-POINT_LOOKUP'))
    expect(await row.locator('[aria-label="now broken"]').count()).toBe(1)
    expect(await row.locator('[aria-label="so far kept"]').count()).toBe(1)
  })
})

describe('the queue and the losses', () => {
  it('name the run that is waited for', async () => {
    pages.api().keep(runDetail({ id: '01FIRST', name: 'Came first', number: 7 }))
    const before = { startedAt: null, measurementStartsAt: null, measurementEndsAt: null }
    const page = await pages.open(
      runDetail({
        id: '01SECOND',
        status: 'STARTING',
        phase: 'PREPARING',
        waitsFor: { id: '01FIRST' },
        timing: timing(before),
        aggregateMetrics: null,
      }),
    )
    await page.waitForSelector(`${part('waits-for')} :text("Came first #7")`)
    expect(await text(page, 'run-status')).toContain('waiting for another run')
  })

  it('show a lost worker as lost, and when, over time', async () => {
    const page = await pages.open(
      runDetail({
        id: '01LOST',
        timing: timing({ serverNow: at(22) }),
        fleetNotes: [{ workerId: 'worker-0', standing: 'LOST', at: at(12), reason: 'killed' }],
        workers: [runWorker({ standing: 'LOST', health: 'DEAD', startOffsetMs: 2 })],
        history: [historyPoint(20)],
      }),
    )
    expect(await text(page, 'worker-worker-0')).toContain('Lost')
    expect(await text(page, 'lost-worker-0')).toBe('worker-0 was lost at 0:10.')
    await page.locator(part('tab-timeline')).click()
    expect(await page.locator(`${part('lane-worker-0')} [data-look="lost"]`).getAttribute('title')).toBe(
      'worker-0 lost from 0:10 to 0:20: killed',
    )
  })
})

describe('the logs', () => {
  it('are read, followed, and filtered by level and source', async () => {
    const id = '01LOGS'
    pages
      .api()
      .log(id, [
        logLine(1),
        logLine(2, { level: 'DEBUG' }),
        logLine(3, { level: 'ERROR', source: 'load', workerId: 'worker-0', message: 'refused' }),
      ])
    const page = await pages.open(runDetail({ id, timing: timing({ serverNow: at(20) }) }))
    const untilLines = (count: number): Promise<unknown> => page.waitForSelector(`${part('logs')}[data-lines="${count}"]`)
    await untilLines(2)
    pages.api().log(id, [logLine(4, { message: 'as it happens' })])
    await untilLines(3)
    await page.locator(part('log-level-DEBUG')).click()
    await untilLines(4)
    await page.locator(part('log-source-orchestrator')).click()
    await untilLines(1)
    expect(await text(page, 'log-line')).toContain('refused')
    expect(pages.api().logQuestions.at(-1)).toMatchObject({ levels: ['DEBUG', 'INFO', 'WARN', 'ERROR'], sources: ['load'] })
    expect(new URL(page.url()).searchParams.get('sources')).toBe('load')
    pages.api().log(id, [logLine(5), logLine(6, { source: 'load' })])
    await untilLines(2)
  })

  it('show nothing, and ask nothing, when no level is chosen', async () => {
    const id = '01NOLEVEL'
    pages.api().log(id, [logLine(1)])
    const page = await pages.open(runDetail({ id, timing: timing({ serverNow: at(20) }) }), '?levels=info')
    await page.waitForSelector(`${part('logs')}[data-lines="1"]`)
    const asked = pages.api().logQuestions.length
    await page.locator(part('log-level-INFO')).click()
    await page.waitForSelector(`${part('logs')}[data-lines="0"] :text("No level is chosen.")`)
    expect(pages.api().logQuestions).toHaveLength(asked)
  })

  it('go on after a lost socket where they were, and not where the page began', async () => {
    const id = '01CUT'
    pages.api().log(id, [logLine(1)])
    const page = await pages.open(runDetail({ id, timing: timing({ serverNow: at(20) }) }))
    const untilLines = (count: number): Promise<unknown> => page.waitForSelector(`${part('logs')}[data-lines="${count}"]`)
    await untilLines(1)
    pages.api().log(id, [logLine(2), logLine(3)])
    await untilLines(3)
    pages.api().cut()
    pages.api().log(id, [logLine(4)])
    await untilLines(4)
    const followed = pages
      .api()
      .logFollowings.filter(each => each.runId === id)
      .map(each => each.afterSeq)
    expect(followed).toEqual([logLine(1).seq, logLine(3).seq])
    expect(await page.locator(part('log-line')).allInnerTexts()).toHaveLength(4)
  })

  it('are followed of a run that has just ended: its last lines are written after that', async () => {
    const id = '01JUSTENDED'
    pages.api().log(id, [logLine(1)])
    const ended = { status: 'COMPLETED', phase: 'COMPLETED', completionReason: 'DURATION_ELAPSED' } as const
    const page = await pages.open(runDetail({ id, ...ended, timing: timing({ serverNow: at(70), endedAt: at(69) }) }))
    await page.waitForSelector(`${part('logs')}[data-lines="1"]`)
    pages.api().log(id, [logLine(2, { message: 'the very last' })])
    await page.waitForSelector(`${part('logs')}[data-lines="2"]`)
  })
})

describe('the target of a worker', () => {
  it('is set by hand, and a text that is no number is refused', async () => {
    const page = await pages.open(
      runDetail({ id: '01HAND', timing: timing({ serverNow: at(20) }), workers: [runWorker()] }),
      '?worker=worker-0',
    )
    await page.locator(part('worker-target')).fill('many')
    await page.locator(part('set-worker-target')).click()
    await page.waitForSelector(`${part('worker-target-told')}:text("Give a whole number of connections.")`)
    expect(pages.api().targets).toEqual([])
    await page.locator(part('worker-target')).fill('24')
    await page.locator(part('worker-target')).press('Enter')
    await page.waitForSelector(`${part('worker-target-told')}:text("worker-0 is told to hold 24 connections.")`)
    expect(pages.api().targets).toEqual([{ runId: '01HAND', workerId: 'worker-0', connections: 24 }])
  })

  it('is not offered where a controller gives out the connections', async () => {
    const plan = runPlan({}, { mode: 'QPS', targetQps: 100, targetConnections: null })
    const page = await pages.open(
      runDetail({ id: '01STEERED', plan, timing: timing({ serverNow: at(20) }), workers: [runWorker()] }),
      '?worker=worker-0',
    )
    await page.waitForSelector(part('worker-detail'))
    expect(await page.locator(part('worker-target')).count()).toBe(0)
  })
})

describe('the console of a steered run', () => {
  pages.complainOfNothing()
})
