import type { ArrivalClockKind } from '../pace/decideArrivalClock.ts'
import type { ArrivalClock, ArrivalClockDeps } from './arrivalClock.ts'
import { startHybridClock } from './hybridClock.ts'
import { startTickerClock } from './tickerClock.ts'

export const startArrivalClock = (kind: ArrivalClockKind, deps: ArrivalClockDeps): ArrivalClock =>
  kind === 'HYBRID' ? startHybridClock(deps) : startTickerClock(deps)
