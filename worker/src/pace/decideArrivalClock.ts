/**
 * How an open loop is woken for its arrivals. HYBRID turns the event loop while the next is near: right to some 0.1 ms, and takes a core for itself.
 * TICKER has a thread that sleeps and calls: right to some 0.3 ms, and takes next to nothing.
 */
export type ArrivalClockKind = 'HYBRID' | 'TICKER'

/** For the database and whatever else runs on this machine. */
const SPARE_CORES = 2

/** HYBRID where each worker has a core of its own, and two are left over. @param workers of the run on this machine */
export const decideArrivalClock = (cores: number, workers: number): ArrivalClockKind =>
  cores >= workers + SPARE_CORES ? 'HYBRID' : 'TICKER'
