import { nextSendAt } from '../pace/nextSendAt.ts'
import type { Pace, Sender, SendGate } from './sender.ts'

export interface ClosedLoopDeps {
  readonly thinkTimeMs: number
  readonly gate: SendGate
  /** Milliseconds from the agreed start. */
  readonly sinceStartMs: () => number
}

/** Each connection sends its next operation when the last one has ended, plus think time. */
export const closedLoop = ({ thinkTimeMs, gate, sinceStartMs }: ClosedLoopDeps): Pace => {
  /** Timers cut fractions off and may fire a little early: then the rest is waited for, so that no pause is shorter than it should be. */
  const sendAt = (sender: Sender, atMs: number): void => {
    const leftMs = atMs - sinceStartMs()
    if (leftMs > 0) sender.after(Math.ceil(leftMs), () => sendAt(sender, atMs))
    else sender.send()
  }
  const pause: Pace['ended'] = (sender, endMs) => {
    const atMs = nextSendAt(endMs, thinkTimeMs, gate.endMs)
    // Otherwise it stays connected, and leaves with the others at the end.
    if (atMs !== null) sendAt(sender, atMs)
  }
  const sendNow: Pace['opened'] = sender => {
    sender.send()
  }
  let held: Sender[] = []
  return {
    opened: sendNow,
    ended: thinkTimeMs > 0 ? pause : sendNow,
    held: sender => {
      held.push(sender)
    },
    permitted: () => {
      const waiting = held
      held = []
      for (const sender of waiting) if (!sender.hasEnded) sender.send()
    },
    refused: nowMs => nowMs,
    left: () => undefined,
    sweep: () => undefined,
    begin: () => undefined,
    close: () => undefined,
  }
}
