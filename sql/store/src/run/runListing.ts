import type { LoadMode, RunStatus, ScalingMode, TableType } from '@flakebench/contract'
import { momentBind } from '../client/columns.ts'
import { containing } from '../client/containing.ts'
import type { Bind } from '../client/sqlClient.ts'

/** Which runs a list holds: those that fit all that is said. What is left out, null or empty does not matter. */
export interface RunListing {
  readonly statuses?: readonly RunStatus[] | null
  readonly templateId?: string | null
  readonly tableTypes?: readonly TableType[] | null
  readonly loadModes?: readonly LoadMode[] | null
  readonly scalingModes?: readonly ScalingMode[] | null
  readonly warehouseSizes?: readonly string[] | null
  /** It has all of them. */
  readonly tags?: readonly string[] | null
  readonly isBaseline?: boolean | null
  /** See `fingerprintOf`. */
  readonly fingerprint?: string | null
  /** Created at or after / before, milliseconds since 1970. */
  readonly createdFromMs?: number | null
  readonly createdToMs?: number | null
  /** True: only those that were deleted; otherwise none of them. */
  readonly isDeleted?: boolean | null
  /** Part of the name, the table, the warehouse, the tags or the annotation, in any case. */
  readonly search?: string | null
}

/** Of the statements that list runs: the run and its parent row of results. */
export const FROM_RUNS = 'FROM run_status r JOIN test_results t ON t.test_id = r.run_id'

/** Null in any part would make all of it null. */
const SEARCHED = [
  'r.test_name',
  't.table_name',
  "COALESCE(t.warehouse, '')",
  "COALESCE(CAST(t.tags AS VARCHAR), '')",
  "COALESCE(t.notes, '')",
]
  .map(part => `LOWER(${part})`)
  .join(" || ' ' || ")

interface Where {
  readonly where: string
  readonly binds: readonly Bind[]
}

export const whereOf = (listing: RunListing): Where => {
  const conditions = ['t.worker_id IS NULL', listing.isDeleted === true ? 't.deleted_at IS NOT NULL' : 't.deleted_at IS NULL']
  const binds: Bind[] = []
  const when = (condition: string, ...values: readonly Bind[]): void => {
    conditions.push(condition)
    binds.push(...values)
  }
  const oneOf = (column: string, values: readonly string[] | null | undefined): void => {
    if (values != null && values.length > 0) when(`${column} IN (${values.map(() => '?').join(', ')})`, ...values)
  }
  oneOf('r.status', listing.statuses)
  oneOf('t.table_type', listing.tableTypes)
  oneOf('t.load_mode', listing.loadModes)
  oneOf('t.scaling_mode', listing.scalingModes)
  oneOf('t.warehouse_size', listing.warehouseSizes)
  if (listing.templateId != null) when('r.template_id = ?', listing.templateId)
  // A tag holds no quotes (see `tagFaults`), so that between quotes it is one as a whole.
  for (const tag of listing.tags ?? []) when("CAST(t.tags AS VARCHAR) LIKE ? ESCAPE '!'", `%"${tag.replace(/[!%_]/g, '!$&')}"%`)
  if (listing.isBaseline != null) when(`t.pinned = ${listing.isBaseline ? 'TRUE' : 'FALSE'}`)
  if (listing.fingerprint != null) when('t.fingerprint = ?', listing.fingerprint)
  if (listing.createdFromMs != null) when('r.created_at >= CAST(? AS TIMESTAMP_NTZ)', momentBind(listing.createdFromMs))
  if (listing.createdToMs != null) when('r.created_at < CAST(? AS TIMESTAMP_NTZ)', momentBind(listing.createdToMs))
  if (listing.search != null && listing.search.trim() !== '') when(`(${SEARCHED}) LIKE ? ESCAPE '!'`, containing(listing.search))
  return { where: conditions.join(' AND '), binds }
}
