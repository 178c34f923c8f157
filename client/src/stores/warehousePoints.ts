import type { RunWarehouse, WarehousePoint } from '../api/documents/warehouseFields.ts'

/** The server looks once in five seconds: what lies closer together is one look, told twice. */
const SAME_LOOK_SECONDS = 0.5

/** The point that the newest look at the warehouse makes; null before it was seen, or before the start is agreed. */
export const pointOfWarehouse = (warehouse: RunWarehouse | null, startedAt: string | null): WarehousePoint | null => {
  if (warehouse === null || warehouse.recordedAt === null || startedAt === null) return null
  const { recordedAt, startedClusters, running, queued } = warehouse
  if (running === null || queued === null) return null
  return { elapsedSeconds: (Date.parse(recordedAt) - Date.parse(startedAt)) / 1_000, startedClusters, running, queued }
}

/** The known points with those that lie after them; the same array where nothing is new. */
export const appendLooks = (known: readonly WarehousePoint[], looks: readonly (WarehousePoint | null)[]): readonly WarehousePoint[] => {
  const added: WarehousePoint[] = []
  for (const look of looks) {
    const last = added.at(-1) ?? known.at(-1)
    if (look !== null && look.elapsedSeconds > (last?.elapsedSeconds ?? Number.NEGATIVE_INFINITY) + SAME_LOOK_SECONDS) added.push(look)
  }
  return added.length === 0 ? known : [...known, ...added]
}
