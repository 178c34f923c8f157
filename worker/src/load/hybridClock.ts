import type { ArrivalClock, ArrivalClockDeps } from './arrivalClock.ts'

/** Nearer than this a timer may come too late: it is right to about a millisecond. */
const NEAR_MS = 2.2
/** What a timer may be late by, so that it fires while the arrival is still ahead. */
const TIMER_SLACK_MS = 1.2
/** A turn that takes longer has done something, whatever it was. */
const LONGEST_IDLE_TURN_MS = 1
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A timer as long as the arrival is far, then turn after turn of the event loop. */
export const startHybridClock = ({ sinceStartMs, due, workCount }: ArrivalClockDeps): ArrivalClock => {
  let wakeAtMs = Number.POSITIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let timerAtMs = Number.POSITIVE_INFINITY
  let turning: NodeJS.Immediate | undefined
  let turnedAtMs = 0
  let workBefore = 0
  let spunMs = 0

  const turn = (): void => {
    const nowMs = sinceStartMs()
    const work = workCount()
    if (work === workBefore && nowMs - turnedAtMs < LONGEST_IDLE_TURN_MS) spunMs += nowMs - turnedAtMs
    if (nowMs >= wakeAtMs) {
      wakeAtMs = Number.POSITIVE_INFINITY
      due()
    }
    turning = undefined
    arm()
  }
  const fired = (): void => {
    timer = undefined
    timerAtMs = Number.POSITIVE_INFINITY
    arm()
  }
  const arm = (): void => {
    if (turning !== undefined || wakeAtMs === Number.POSITIVE_INFINITY) return
    const nowMs = sinceStartMs()
    const leftMs = wakeAtMs - nowMs
    if (leftMs <= NEAR_MS) {
      turnedAtMs = nowMs
      workBefore = workCount()
      turning = setImmediate(turn)
      return
    }
    // One that fires too early only arms again.
    const delayMs = Math.min(Math.floor(leftMs - TIMER_SLACK_MS), LONGEST_TIMER_MS)
    if (timerAtMs <= nowMs + delayMs + TIMER_SLACK_MS) return
    clearTimeout(timer)
    timerAtMs = nowMs + delayMs
    timer = setTimeout(fired, delayMs)
  }

  return {
    get spunMs() {
      return spunMs
    },
    wakeAt: atMs => {
      wakeAtMs = atMs
      arm()
    },
    stop: () => {
      wakeAtMs = Number.POSITIVE_INFINITY
      clearTimeout(timer)
      clearImmediate(turning)
    },
  }
}
