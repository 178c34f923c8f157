import { Worker } from 'node:worker_threads'
import type { ArrivalClock, ArrivalClockDeps } from './arrivalClock.ts'

/** The thread calls at most so often. */
const PERIOD_MS = 0.2
/** Of the shared words: what the thread waits on, and whether it is to end. */
const BELL = 0
const IS_STOPPED = 1
/** Whether the thread has called, and was not heard yet. */
const HAS_CALLED = 2
const WORDS = 3
const CLOCK_READINGS = 5

/**
 * What the thread does: it sleeps until the moment that it was told, or until the bell rings because that has changed, and calls. Text, because a thread
 * begins with a file or a text of its own, and this way it is the same however the worker was started.
 */
const TICKER = `
const { parentPort, workerData: { words, moment } } = require('node:worker_threads')
const now = () => { const [s, ns] = process.hrtime(); return s * 1e3 + ns / 1e6 }
while (Atomics.load(words, ${IS_STOPPED}) === 0) {
  const bell = Atomics.load(words, ${BELL})
  const leftMs = moment[0] - now()
  if (leftMs > 0) Atomics.wait(words, ${BELL}, bell, leftMs)
  else {
    if (Atomics.exchange(words, ${HAS_CALLED}, 1) === 0) parentPort.postMessage(0)
    Atomics.wait(words, ${IS_STOPPED}, 0, ${PERIOD_MS})
  }
}
`

const hrtimeMs = (): number => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}

/** The thread's clock when the run starts: what passes between two readings makes it later, never sooner. */
const readStartMs = (sinceStartMs: () => number): number => {
  let startMs = Number.POSITIVE_INFINITY
  for (let i = 0; i < CLOCK_READINGS; i++) {
    const sinceMs = sinceStartMs()
    startMs = Math.min(startMs, hrtimeMs() - sinceMs)
  }
  return startMs
}

/** A thread that sleeps until the next arrival and then calls, every 0.2 ms at most: for machines on which no core may be spent on waiting. */
export const startTickerClock = ({ sinceStartMs, due }: ArrivalClockDeps): ArrivalClock => {
  const words = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  const moment = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT))
  const startMs = readStartMs(sinceStartMs)
  let wakeAtMs = Number.POSITIVE_INFINITY
  moment[0] = wakeAtMs
  const ring = (): void => {
    Atomics.add(words, BELL, 1)
    Atomics.notify(words, BELL)
  }
  const thread = new Worker(TICKER, { eval: true, workerData: { words, moment }, execArgv: [] })
  // It is told to end; if this process ends before, it ends with it.
  thread.unref()
  thread.on('message', () => {
    Atomics.store(words, HAS_CALLED, 0)
    if (sinceStartMs() < wakeAtMs) return
    wakeAtMs = Number.POSITIVE_INFINITY
    moment[0] = wakeAtMs
    due()
  })

  return {
    spunMs: 0,
    wakeAt: atMs => {
      const isSooner = atMs < wakeAtMs
      wakeAtMs = atMs
      moment[0] = startMs + atMs
      if (isSooner) ring()
    },
    stop: () => {
      wakeAtMs = Number.POSITIVE_INFINITY
      Atomics.store(words, IS_STOPPED, 1)
      ring()
    },
  }
}
