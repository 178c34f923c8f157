import type { Dials } from '../dials.ts'
import { type Cancellation, waitForTurn } from './cancellation.ts'

/** The dial `throttle`: no more than so many statements at once. */
export interface Throttle {
  /** A further statement would have to be refused. */
  isOver(): boolean
  enter(cancellation: Cancellation): Promise<void> | null
  leave(): void
}

export const createThrottle = (dials: Dials): Throttle => {
  const waiting = new Set<() => void>()
  let inside = 0
  const isFull = (): boolean => dials.throttle !== null && inside >= dials.throttle.statements
  return {
    isOver: () => dials.throttle?.over === 'REFUSE' && isFull(),
    enter(cancellation) {
      if (!isFull()) {
        inside++
        return null
      }
      return waitForTurn(cancellation, admit => {
        const enter = (): void => {
          inside++
          admit()
        }
        waiting.add(enter)
        return () => waiting.delete(enter)
      })
    },
    leave() {
      inside--
      for (const enter of waiting) {
        if (isFull()) break
        waiting.delete(enter)
        enter()
      }
    },
  }
}
