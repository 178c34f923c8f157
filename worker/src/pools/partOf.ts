/** Values of one pool that a worker keeps in memory. */
const MOST_IN_MEMORY = 200_000
/** A pool with fewer values a worker than that is used by all of them as a whole: each shuffles it in its own way. */
const LEAST_A_WORKER = 10

/** Which values of a pool a worker reads: those of no other worker, spread over the whole of the pool. */
export const partOf = (
  size: number,
  { workerGroupId, workerGroupCount }: { readonly workerGroupId: number; readonly workerGroupCount: number },
): { readonly stride: number; readonly remainder: number } => {
  const workers = size < LEAST_A_WORKER * workerGroupCount ? 1 : workerGroupCount
  const everyNth = Math.max(Math.ceil(size / workers / MOST_IN_MEMORY), 1)
  return { stride: workers * everyNth, remainder: workers === 1 ? 0 : workerGroupId }
}
