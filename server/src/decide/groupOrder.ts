/** The group id in a worker's id (see `workerIdOf`). */
const groupIdIn = (workerId: string): number => Number(workerId.slice(workerId.lastIndexOf('-') + 1))

/** Orders workers by group id: worker-2 before worker-10. */
export const byGroupId = (a: string, b: string): number => groupIdIn(a) - groupIdIn(b)

/** Whether the run was begun with this worker, one of so many. */
export const isStarter = (workerId: string, startedWith: number): boolean => groupIdIn(workerId) < startedWith
