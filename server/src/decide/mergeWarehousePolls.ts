import type { WarehousePoll } from '@flakebench/contract'

export type WarehouseFigures = Pick<
  WarehousePoll,
  'elapsedSeconds' | 'startedClusters' | 'running' | 'queued' | 'minClusters' | 'maxClusters'
>

/** At most `mostPoints` points: where neighbours are put together, the highest of each figure, so that no queue disappears. */
export const mergeWarehousePolls = (polls: readonly WarehousePoll[], mostPoints: number): WarehouseFigures[] => {
  const together = Math.max(1, Math.ceil(polls.length / Math.max(1, mostPoints)))
  const points: WarehouseFigures[] = []
  for (let i = 0; i < polls.length; i += together) points.push(merge(polls.slice(i, i + together)))
  return points
}

const merge = (polls: readonly WarehousePoll[]): WarehouseFigures => ({
  elapsedSeconds: polls.at(-1)?.elapsedSeconds ?? 0,
  startedClusters: highest(polls.map(poll => poll.startedClusters)),
  running: highest(polls.map(poll => poll.running)) ?? 0,
  queued: highest(polls.map(poll => poll.queued)) ?? 0,
  minClusters: highest(polls.map(poll => poll.minClusters)),
  maxClusters: highest(polls.map(poll => poll.maxClusters)),
})

const highest = (values: readonly (number | null)[]): number | null => {
  const known = values.filter(value => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}
