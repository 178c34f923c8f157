/** Where a reader stands in the list of runs. */
export interface ListPlace {
  /** Of the first row in sight; and where it was, for when it is gone. */
  readonly runId: string
  readonly row: number
  /** So much of that row is scrolled out of sight. */
  readonly beyondPx: number
  /** So many rows were read. */
  readonly rows: number
}

/** Beyond these it is not read back to the place: the reader is left at the last of them. */
export const MOST_READ_BACK = 2_000

const KEY = 'runsPlace'

/** A state of the browser's history, with the place in the list that this address shows. */
export const withPlace = (state: unknown, place: ListPlace | null, address: string): object => {
  const { [KEY]: _, ...rest } = (state ?? {}) as Readonly<Record<string, unknown>>
  return place === null ? rest : { ...rest, [KEY]: { ...place, address } }
}

/** Null: none was kept there, or one in another list. */
export const placeIn = (state: unknown, address: string): ListPlace | null => {
  const kept = (state as Readonly<Record<string, unknown>> | null)?.[KEY] as (ListPlace & { readonly address: string }) | undefined
  if (kept === undefined || kept.address !== address) return null
  return { runId: kept.runId, row: kept.row, beyondPx: kept.beyondPx, rows: Math.min(kept.rows, MOST_READ_BACK) }
}
