import type { FindMax } from './template.ts'

/** The result of a search is right to within so many connections: as asked, else a fifth of the increment, at least 1. */
export const resolutionOf = ({ resolution, connectionsIncrement }: Pick<FindMax, 'resolution' | 'connectionsIncrement'>): number =>
  resolution ?? Math.max(1, Math.floor(connectionsIncrement / 5))
