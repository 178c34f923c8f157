import { messageOf } from '../failure.ts'

/** Says that something repeated goes wrong when it begins, and when it is over; not each time in between. */
export interface Tell {
  readonly met: (error: unknown) => void
  readonly over: () => void
}

export const tellTroubles = (what: string, print: (line: string) => void): Tell => {
  let isTold = false
  return {
    met: error => {
      if (!isTold) print(`${what} failed, and is tried again: ${messageOf(error)}`)
      isTold = true
    },
    over: () => {
      if (isTold) print(`${what} works again`)
      isTold = false
    },
  }
}
