import { STATEMENT_TYPE } from '../sql/translation.ts'
import type { Answer, Row } from '../wire/answer.ts'
import { encodeTimestamp } from '../wire/encodeValue.ts'
import { column } from '../wire/rowtype.ts'
import type { Warehouse } from './warehouse.ts'

interface Viewer {
  readonly warehouse: string | null
  readonly role: string
}

type Cell = (warehouse: Warehouse, viewer: Viewer) => string

const moment = (ms: number): string => encodeTimestamp(new Date(ms).toISOString().replace('T', ' ').replace('Z', '+00'))
const yes = (is: boolean): string => (is ? 'Y' : 'N')

/** As the service shows them: read by name, the order has changed over time. Source: documentation of SHOW WAREHOUSES. */
const COLUMNS: readonly (readonly [name: string, type: string, cell: Cell])[] = [
  ['name', 'text', warehouse => warehouse.name],
  ['state', 'text', warehouse => warehouse.state],
  ['type', 'text', warehouse => warehouse.type],
  ['size', 'text', warehouse => warehouse.settings.size],
  ['min_cluster_count', 'fixed', warehouse => String(warehouse.settings.minClusters)],
  ['max_cluster_count', 'fixed', warehouse => String(warehouse.settings.maxClusters)],
  ['started_clusters', 'fixed', warehouse => String(warehouse.startedClusters)],
  ['running', 'fixed', warehouse => String(warehouse.running)],
  ['queued', 'fixed', warehouse => String(warehouse.queued)],
  ['is_default', 'text', () => 'N'],
  ['is_current', 'text', (warehouse, viewer) => yes(warehouse.name === viewer.warehouse)],
  ['is_interactive', 'text', warehouse => yes(warehouse.isInteractive)],
  ['auto_suspend', 'fixed', warehouse => String(warehouse.settings.autoSuspendSeconds)],
  ['auto_resume', 'text', warehouse => String(warehouse.settings.autoResume)],
  ['available', 'text', warehouse => (warehouse.state === 'STARTED' ? '100' : '')],
  ['provisioning', 'text', warehouse => (warehouse.state === 'RESUMING' ? '100' : '0')],
  ['quiescing', 'text', () => '0'],
  ['other', 'text', () => '0'],
  ['created_on', 'timestamp_ltz', warehouse => moment(warehouse.createdAtMs)],
  ['resumed_on', 'timestamp_ltz', warehouse => moment(warehouse.resumedAtMs)],
  ['updated_on', 'timestamp_ltz', warehouse => moment(warehouse.updatedAtMs)],
  ['owner', 'text', (_, viewer) => viewer.role],
  ['comment', 'text', warehouse => warehouse.settings.comment],
  ['enable_query_acceleration', 'text', () => 'false'],
  ['query_acceleration_max_scale_factor', 'fixed', () => '8'],
  ['resource_monitor', 'text', () => 'null'],
  ['actives', 'fixed', () => '0'],
  ['pendings', 'fixed', () => '0'],
  ['failed', 'fixed', () => '0'],
  ['suspended', 'fixed', () => '0'],
  ['uuid', 'text', () => '0'],
  ['scaling_policy', 'text', warehouse => warehouse.settings.scalingPolicy],
  ['budget', 'text', () => ''],
  ['owner_role_type', 'text', () => 'ROLE'],
  ['resource_constraint', 'text', () => 'STANDARD_GEN_1'],
  ['generation', 'text', () => '1'],
]

const ROWTYPE = COLUMNS.map(([name, type]) => column(name, type))

/** @param like SQL pattern, upper and lower case alike; null: all */
export const showWarehouses = (warehouses: readonly Warehouse[], like: string | null, viewer: Viewer): Answer => {
  const pattern = like === null ? null : likePattern(like)
  const shown = warehouses.filter(warehouse => pattern?.test(warehouse.name) ?? true)
  const rows: readonly Row[] = shown.map(warehouse => COLUMNS.map(([, , cell]) => cell(warehouse, viewer)))
  return { columns: ROWTYPE, rows, statementTypeId: STATEMENT_TYPE.SHOW }
}

const likePattern = (like: string): RegExp => {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const source = like.replaceAll(/\\([\s\S])|%|_|[^%_\\]+/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return literal(escaped)
    return token === '%' ? '[\\s\\S]*' : token === '_' ? '[\\s\\S]' : literal(token)
  })
  return new RegExp(`^${source}$`, 'i')
}
