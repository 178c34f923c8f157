import { ControlDatabaseUnavailable, StaleEpoch } from '@flakebench/store'
import { expect, it } from 'vitest'
import { ProcessingStopped, type StepOfProcessing, startProcessing } from '../../server/src/orchestrator/processing/processing.ts'
import type { RunLog } from '../../server/src/orchestrator/runLog.ts'
import { until } from '../kit/processes.ts'

const RUN = { id: 'RUN-A' }

const logOf = () => {
  const lines: string[] = []
  const log: RunLog = { note: (level, _source, message) => lines.push(`${level} ${message}`), close: () => Promise.resolve() }
  return { lines, log }
}

const step = (name: StepOfProcessing['step'], act: StepOfProcessing['act']): StepOfProcessing => ({
  step: name,
  fault: `${name} failed`,
  act,
})

/** A step that stays under way until it is told to end. */
const held = () => {
  let end = (): void => undefined
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  return { end, ended }
}

it('takes its steps one after the other and tells how far each is', async () => {
  const { end, ended } = held()
  const order: string[] = []
  const processing = startProcessing(
    RUN,
    [
      step('EXECUTIONS', async told => {
        order.push('EXECUTIONS')
        told(3, 10)
        await ended
      }),
      step('FIGURES', async () => void order.push('FIGURES')),
    ],
    logOf(),
  )
  expect(processing.state).toEqual({ step: 'EXECUTIONS', done: 3, total: 10 })
  expect(processing.isOver).toBe(false)
  end()
  await until('it is over', () => processing.isOver, Boolean)
  expect(order).toEqual(['EXECUTIONS', 'FIGURES'])
  expect(processing.state).toEqual({ step: 'FIGURES', done: 0, total: null })
})

it('is over at once when there is nothing to do', async () => {
  const processing = startProcessing(RUN, [], logOf())
  await until('it is over', () => processing.isOver, Boolean)
})

it('goes on after a step that failed, and says why it did', async () => {
  const { lines, log } = logOf()
  const processing = startProcessing(
    RUN,
    [
      step('EXECUTIONS', async () => {
        throw new Error('the disk is gone')
      }),
      step('FIGURES', async () => undefined),
    ],
    { log },
  )
  await until('it is over', () => processing.isOver, Boolean)
  expect(lines).toEqual(['ERROR EXECUTIONS failed: the disk is gone (run RUN-A)'])
})

it('does nothing more once the run is another server’s', async () => {
  const later: string[] = []
  const processing = startProcessing(
    RUN,
    [
      step('EXECUTIONS', async () => {
        throw new StaleEpoch('RUN-A', 1)
      }),
      step('FIGURES', async () => void later.push('FIGURES')),
    ],
    logOf(),
  )
  await until(
    'it is noticed',
    () => processing.staleEpoch,
    found => found !== null,
  )
  expect(processing.isOver).toBe(false)
  expect(later).toEqual([])
})

it('gives up what is under way when it is aborted, and is never over', async () => {
  const { lines, log } = logOf()
  let isStopped = false
  const processing = startProcessing(
    RUN,
    [
      step(
        'EXECUTIONS',
        (_told, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              isStopped = true
              reject(new Error('stopped'))
            })
          }),
      ),
      step('FIGURES', async () => undefined),
    ],
    { log },
  )
  processing.abort()
  await until('it is stopped', () => isStopped, Boolean)
  expect(processing.isOver).toBe(false)
  expect(lines).toEqual([])
})

it('repeats a step for as long as the control database is away, which is said once, and says when it is over', async () => {
  const { lines, log } = logOf()
  const order: string[] = []
  let tries = 0
  let isTold = false
  const processing = startProcessing(
    RUN,
    [
      step('EXECUTIONS', async () => {
        order.push('EXECUTIONS')
        if (++tries < 30) throw new ControlDatabaseUnavailable('nobody answers', {})
      }),
      step('FIGURES', async () => void order.push('FIGURES')),
    ],
    { log, retryMs: 1, over: () => (isTold = true) },
  )
  await until('it is told', () => isTold, Boolean)
  expect(processing.isOver).toBe(true)
  expect(order).toEqual([...Array.from({ length: 30 }, () => 'EXECUTIONS'), 'FIGURES'])
  expect(lines).toEqual(['WARN EXECUTIONS failed: nobody answers (run RUN-A); trying again'])
})

it('waits no longer for the control database once it is given up', async () => {
  let tries = 0
  const act = async () => {
    tries++
    throw new ControlDatabaseUnavailable('nobody answers', {})
  }
  const processing = startProcessing(RUN, [step('EXECUTIONS', act), step('FIGURES', act)], { ...logOf(), retryMs: 60_000 })
  await until(
    'it was tried',
    () => tries,
    count => count === 1,
  )
  let isEnded = false
  processing.abort()
  await until('it is left', async () => (isEnded = !processing.isOver), Boolean)
  expect([tries, isEnded]).toEqual([1, true])
})

it('does not wait for what takes long when a person stops it, and tells each step why', async () => {
  const { lines, log } = logOf()
  const order: string[] = []
  const processing = startProcessing(
    RUN,
    [
      step('EXECUTIONS', (_told, signal) => {
        order.push('EXECUTIONS')
        return new Promise(resolve =>
          signal.addEventListener('abort', () => {
            if (signal.reason instanceof ProcessingStopped) order.push(signal.reason.message)
            resolve()
          }),
        )
      }),
      step('ENRICHMENT', async (_told, signal) => void order.push(`ENRICHMENT ${signal.aborted}`)),
      step('FIGURES', async (_told, signal) => void order.push(`FIGURES ${signal.aborted}`)),
    ],
    { log },
  )
  processing.stop('no time')
  processing.stop('again')
  await until('it is over', () => processing.isOver, Boolean)
  expect(order).toEqual(['EXECUTIONS', 'no time', 'ENRICHMENT true', 'FIGURES false'])
  expect(lines).toEqual(['WARN The rest of the processing is not waited for: no time'])
})
