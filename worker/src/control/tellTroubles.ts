import { messageOf } from '../failure.ts'
import type { Log } from './logging.ts'

/** Says that something repeated goes wrong when it begins, and when it is over; not each time in between. */
export interface Tell {
  readonly met: (error: unknown) => void
  readonly over: () => void
}

export const tellTroubles = (what: string, log: Log): Tell => {
  let isTold = false
  return {
    met: error => {
      if (!isTold) log('WARN', 'control', `${what} failed, and is tried again: ${messageOf(error)}`, error)
      isTold = true
    },
    over: () => {
      if (isTold) log('INFO', 'control', `${what} works again`)
      isTold = false
    },
  }
}
