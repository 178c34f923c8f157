import { countOf, type Rollup } from '@flakebench/contract'
import { isAtTheMost } from './qpsBounds.ts'
import { isBackFromGrowth, judgeGrowth } from './qpsGrowth.ts'
import { achievedIn, isShort, isWorkedOff, secondsOf, shortfall, startedPerSecond } from './qpsRates.ts'
import { leastConnections } from './qpsSizing.ts'
import type { QpsChange } from './qpsStep.ts'
import { holdsMs, needOf, newestNeeds, type QpsView } from './qpsView.ts'
import { inWords, percentWords } from './qpsWords.ts'

/** A change; or what keeps it from one: `reason` is the same as long as that is so, `remark` has the figures of the moment. */
export type QpsMove =
  | ({ readonly type: 'CHANGE' } & QpsChange)
  | { readonly type: 'HOLD'; readonly reason: string; readonly remark: string }

/** Intervals in a row that must agree on more; for a worker more they are as long as this, too. */
const MORE_INTERVALS = 2
const MORE_MS = 2_000
/** For connections or a worker less: intervals, their time, and operations that ended in them; where these are few, another time. */
const LESS_INTERVALS = 10
const LESS_MS = 10_000
const LESS_OPERATIONS = 300
const LESS_AT_LAST_MS = 60_000
/** What came of a change is seen after this time, however short the intervals are. */
const SEEN_MS = 1_000
/** Intervals that must agree on more while the schedule is held. */
const CALM_INTERVALS = 3
/** While the schedule is held, a few connections more are not worth a change. */
const WORTHWHILE = 1.1
/** Idle connections do no harm: they are taken away when more than three in ten are. */
const FAR_TOO_MANY = 0.7
/** Where one decision may at most double the connections, it may always add so many. */
const LEAST_INCREASE = 4
/** Fewer than so many are not worth taking away: they would be needed again soon. */
const LEAST_DECREASE = 4
/** Of what was needed at most, where connections are taken away: they would soon be too few otherwise. */
const KEPT = 1.1
/** Fewer workers must hold this much more than is needed, and not be busier than that in percent. */
const SPARE_ROOM = 1.25
const BUSIEST_PERCENT = 60
/** Bounds that a person has set are tried out when they are no further away than this, even if more seem not to help. */
const WITHIN_REACH = 4

/** The next thing to do for a rate; null: nothing, or nothing yet. */
export const nextMove = (view: QpsView): QpsMove | null => {
  if (view.sight.plan.scaling.mode === 'FIXED') return null
  const { fleet } = view.sight
  const loss = acceptLoss(view)
  if (loss !== null) return loss
  // Who joins or leaves changes what is observed.
  if (fleet.joining > 0 || fleet.serving > view.state.workers) return null
  if (view.isRefused) return fewer(view) ?? refused(view)
  if (view.observed.length === 0) return null
  return moreWorkersForThemselves(view) ?? more(view) ?? fewer(view)
}

const changeTo = (connections: number, workers: number, reason: string): QpsMove => ({ type: 'CHANGE', connections, workers, reason })
const hold = (reason: string, remark: string = reason): QpsMove => ({ type: 'HOLD', reason, remark })

/** Workers are lost, and the run goes on without: fewer are wanted, until more are needed. */
const acceptLoss = ({ state, sight }: QpsView): QpsMove | null => {
  const { serving, joining, most } = sight.fleet
  const there = serving + joining
  const isNews = (sight.fleetChangedAtMs ?? -1) > state.changedAtMs || state.workers > most
  if (!isNews || there >= state.workers || there === 0) return null
  return changeTo(state.targetConnections, there, `Goes on with ${countOf(there, 'worker')} of ${state.workers}`)
}

const refused = ({ state, sight: { intervals } }: QpsView): QpsMove => {
  const words = `Not all of ${countOf(state.targetConnections, 'connection')} could be opened in 30 seconds`
  return hold(words, `${words}: ${intervals.at(-1)?.openConnections ?? 0} are open, no more are asked for`)
}

const last = (view: QpsView, count: number): readonly Rollup[] => view.observed.slice(-count)
const isAlways = (intervals: readonly Rollup[], count: number, is: (one: Rollup) => boolean): boolean =>
  intervals.length === count && intervals.every(is)

const isShortOfWorkers = ({ observed, targetQps }: QpsView): boolean => shortfall(observed, targetQps, MORE_INTERVALS, MORE_MS).length > 0

/** Workers that could be the limit themselves cannot hold the schedule, however many connections they have. */
const moreWorkersForThemselves = (view: QpsView): QpsMove | null => {
  const { sight } = view
  if (!isShortOfWorkers(view) || !last(view, MORE_INTERVALS).every(one => one.clientLimited)) return null
  return sight.fleet.serving < sight.fleet.most ? oneWorkerMore(view) : null
}

const figures = ({ observed, targetQps }: QpsView): string => {
  const newest = observed.slice(-MORE_INTERVALS)
  const limited = newest.length > 0 && newest.every(one => one.clientLimited) ? '; the workers could be the limit' : ''
  return `${inWords(startedPerSecond(newest))} of ${inWords(targetQps)} operations a second are started (${percentWords(achievedIn(newest))})${limited}`
}

const oneWorkerMore = (view: QpsView, because = ''): QpsMove => {
  const { state, sight } = view
  const workers = sight.fleet.serving + 1
  const connections = Math.max(state.targetConnections, leastConnections(sight.plan, workers))
  return changeTo(connections, workers, `From ${sight.fleet.serving} to ${countOf(workers, 'worker')}: ${because}${figures(view)}`)
}

const more = (view: QpsView): QpsMove | null => {
  const { state, sight } = view
  const { fleet, plan } = sight
  const wanted = wantedMore(view)
  // What came of the last change shows when the operations end that began with it.
  if (wanted === null || Math.max(holdsMs(view) ?? 0, SEEN_MS) > secondsOf(view.observed) * 1_000) return null
  const isFull = state.targetConnections >= fleet.capacity
  if (isFull && !isShortOfWorkers(view)) return null
  if (isFull && isAtTheMost(sight)) return atTheMost(view)
  const growth = judgeGrowth(view)
  if (isBackFromGrowth(view)) return saturated(view)
  if (growth.isFruitless && !areBoundsNear(view)) {
    if (growth.better !== null) return goBack(view, growth.better)
    // One interval may have been unlucky.
    return view.observed.length < MORE_INTERVALS ? null : saturated(view)
  }
  if (isFull) return oneWorkerMore(view, `all ${countOf(state.targetConnections, 'connection')} there may be are in use; `)
  const increase = plan.load.maxConnectionIncrease ?? Math.max(state.targetConnections, LEAST_INCREASE)
  const connections = Math.min(wanted, state.targetConnections + increase, fleet.capacity)
  const limited = connections < wanted ? `, ${wanted} in the end` : ''
  return changeTo(
    connections,
    state.workers,
    `From ${state.targetConnections} to ${countOf(connections, 'connection')}${limited}: ${figures(view)}`,
  )
}

/** More than one arrival in a hundred found no connection free in time. */
const haveWaited = ({ arrivals, started }: Rollup): boolean => (arrivals?.late ?? 0) + (arrivals?.waiting ?? 0) > started / 100

/**
 * Connections that the newest intervals agree are needed, when that is more than there are. While the schedule is short, the only interval since the last
 * change decides alone.
 */
const wantedMore = (view: QpsView): number | null => {
  const { targetConnections } = view.state
  const [before, interval] = view.sight.intervals.slice(-2)
  if (before !== undefined && interval !== undefined && isWorkedOff(before, interval)) return null
  const newest = last(view, MORE_INTERVALS)
  const isUrgent = newest.some(isShort)
  if (!isUrgent && view.observed.length < CALM_INTERVALS) return null
  const needed = Math.min(...newestNeeds(view, isUrgent ? MORE_INTERVALS : CALM_INTERVALS).map(need => need ?? 0))
  const isWorthwhile = (needed >= targetConnections * WORTHWHILE && newest.every(haveWaited)) || isAlways(newest, MORE_INTERVALS, isShort)
  return needed > targetConnections && isWorthwhile ? needed : null
}

const areBoundsNear = ({ state, sight: { plan, fleet } }: QpsView): boolean =>
  plan.limits.areSet && fleet.mostCapacity <= WITHIN_REACH * state.targetConnections

const atTheMost = (view: QpsView): QpsMove => {
  const { plan, fleet, targetConnections } = view.sight
  const whose = `the most that can be had ${plan.limits.areSet ? 'within the bounds' : 'on this machine'}`
  const words = `${countOf(fleet.serving, 'worker')} with ${countOf(targetConnections, 'connection')} are ${whose}`
  return hold(words, `${words}: ${figures(view)}`)
}

const goBack = (view: QpsView, better: number): QpsMove => {
  const { state, sight } = view
  const connections = Math.max(better, leastConnections(sight.plan, state.workers))
  if (connections >= state.targetConnections) return saturated(view)
  const change = `From ${state.targetConnections} back to ${countOf(connections, 'connection')}`
  return changeTo(connections, state.workers, `${change}, with which more operations were started: ${figures(view)}`)
}

const saturated = (view: QpsView): QpsMove => {
  const words = `More than ${countOf(view.state.targetConnections, 'connection')} are not tried: the last ones did not raise the rate`
  return hold(words, `${words}; ${figures(view)}`)
}

/** The newest intervals that are enough to tell that less would do; none: they are not yet. */
const telltale = ({ observed }: QpsView): readonly Rollup[] => {
  const endMs = observed.at(-1)?.endMs ?? 0
  let ended = 0
  const first = observed.findLastIndex(({ startMs, operations }, at) => {
    ended += operations
    const forMs = endMs - startMs
    return observed.length - at >= LESS_INTERVALS && forMs >= LESS_MS && (ended >= LESS_OPERATIONS || forMs >= LESS_AT_LAST_MS)
  })
  return first < 0 ? [] : observed.slice(first)
}

/** When the last intervals could have done with far fewer: hardly more than they needed on average. */
const fewer = (view: QpsView): QpsMove | null => {
  const { state, sight } = view
  const newest = telltale(view)
  const needed = needOf(view, newest)
  if (needed === null || newest.some(isShort)) return null
  const workers = view.isRefused ? state.workers : fewerWorkers(view, newest, needed)
  const kept = Math.ceil(needed * KEPT)
  const isFarTooMany = needed < state.targetConnections * FAR_TOO_MANY && state.targetConnections - kept >= LEAST_DECREASE
  const room = workers < state.workers ? workers * sight.fleet.connectionsPerWorker : state.targetConnections
  const wanted = Math.max(isFarTooMany ? kept : state.targetConnections, leastConnections(sight.plan, workers))
  const connections = Math.min(wanted, room)
  if (connections === state.targetConnections && workers === state.workers) return null
  const change = `From ${state.targetConnections} to ${countOf(connections, 'connection')}${workers < state.workers ? ', one worker fewer' : ''}`
  return changeTo(connections, workers, `${change}: ${needed} are enough for ${inWords(view.targetQps)} operations a second`)
}

/** One worker fewer where AUTO can do without: the others have room for what is needed, and time. */
const fewerWorkers = ({ state, sight }: QpsView, newest: readonly Rollup[], needed: number): number => {
  const { plan, fleet } = sight
  const workers = fleet.serving - 1
  const wereTooFew = state.recent.some(step => step.clientLimitedSeconds > 0 && step.workers > workers)
  const isAllowed = plan.scaling.mode === 'AUTO' && workers >= Math.max(1, plan.limits.minWorkers) && !wereTooFew
  if (!isAllowed || fleet.serving !== state.workers) return state.workers
  const haveRoom = needed * SPARE_ROOM <= workers * fleet.connectionsPerWorker
  const busiest = Math.max(...newest.map(one => one.client.eventLoopUtilizationPercent))
  const haveTime = (busiest * fleet.serving) / workers <= BUSIEST_PERCENT && !newest.some(one => one.clientLimited)
  return haveRoom && haveTime ? workers : state.workers
}
