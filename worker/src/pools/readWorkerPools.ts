import {
  dialectOf,
  drawsKeys,
  type JsonScalar,
  type Plan,
  type PooledTable,
  type PoolKind,
  type PoolSize,
  pooledColumns,
  type SearchedPool,
  searchedPools,
  type ValuePoolSet,
} from '@flakebench/contract'
import { putPoolsSeen, readPoolSet, readPoolValues, type SqlClient } from '@flakebench/store'
import type { Arguments } from '../arguments.ts'
import { EXIT, WorkerFailure } from '../failure.ts'
import { partOf } from './partOf.ts'
import { NO_POOLS, type WorkerPools } from './workerPools.ts'

export interface PoolRequest {
  readonly db: SqlClient
  readonly plan: Plan
  readonly args: Arguments
}

/** Reads this worker's part of the pools that the plan draws from. @throws WorkerFailure when they are gone */
export const readWorkerPools = async ({ db, plan, args }: PoolRequest): Promise<WorkerPools> => {
  if (plan.poolSetId === null) return NO_POOLS
  const { id: setId, table } = await readySet(db, plan.poolSetId)
  const sizeOf = (kind: PoolKind): PoolSize | undefined => table.pools.find(pool => pool.kind === kind && pool.size > 0)
  const read = <T>(pool: PoolSize | undefined, isShared: boolean): Promise<T[]> =>
    pool === undefined
      ? Promise.resolve([])
      : readPoolValues<T>(db, { setId, kind: pool.kind, column: pool.column }, isShared ? WHOLE : partOf(pool.size, args))
  const key = drawsKeys(plan.operations) ? sizeOf('KEY') : undefined
  const searched = poolsToSearch(plan, table)
  const needsRows =
    plan.operations.some(({ kind }) => kind === 'INSERT' || kind === 'UPDATE') || searched.some(({ kind }) => kind === 'ROW')
  const names = [...pooledColumns(plan.operations), ...searched.map(({ column }) => column)]
  const wanted = new Set(names.map(name => name.toLowerCase()))
  const columns = new Map<string, readonly JsonScalar[]>()
  for (const pool of table.pools) {
    if (pool.kind === 'COLUMN' && wanted.has(pool.column.toLowerCase())) columns.set(pool.column, await read<JsonScalar>(pool, true))
  }
  return {
    keys: await read<JsonScalar>(key, false),
    tableRows: table.rows,
    timeColumn: sizeOf('RANGE')?.column ?? null,
    moments: searched.some(({ kind }) => kind === 'RANGE') ? await read<JsonScalar>(sizeOf('RANGE'), false) : [],
    columns,
    rows: needsRows ? await read<WorkerPools['rows'][number]>(sizeOf('ROW'), true) : [],
  }
}

/** None where the values of the SQL cannot be told apart: building the operation says why, and of which. */
const poolsToSearch = ({ operations, target }: Plan, table: PooledTable): readonly SearchedPool[] => {
  try {
    return searchedPools(operations, table, dialectOf(target.tableType))
  } catch {
    return []
  }
}

const WHOLE = { stride: 1, remainder: 0 }

type ReadySet = ValuePoolSet & { readonly table: NonNullable<ValuePoolSet['table']> }

const readySet = async (db: SqlClient, setId: string): Promise<ReadySet> => {
  const set = await readPoolSet(db, setId)
  if (set === null || set.status !== 'READY' || set.table === null) {
    throw new WorkerFailure(EXIT.NOT_PREPARED, 'The value pools that this run was prepared with are gone: prepare the run again')
  }
  return { ...set, table: set.table }
}

/** Keeps with the pools what the run found the table to be like, so that stale ones are noticed. One worker of the run does it. */
export const keepWhatWasSeen = async (
  { db, plan, args }: PoolRequest,
  {
    columns,
    rowEstimate,
  }: { readonly columns: readonly { readonly name: string; readonly type: string }[]; readonly rowEstimate: number | null },
): Promise<void> => {
  if (plan.poolSetId === null || args.workerGroupId !== 0) return
  const { id, table } = await readySet(db, plan.poolSetId)
  const lastSeen = { rows: rowEstimate, columns: columns.map(({ name, type }) => ({ name, type })) }
  await putPoolsSeen(db, id, { ...table, lastSeen })
}
