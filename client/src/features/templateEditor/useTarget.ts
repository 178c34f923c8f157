import { computed, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import {
  type CatalogTable,
  catalogDatabasesQuery,
  catalogSchemasQuery,
  catalogTablesQuery,
  catalogWarehousesQuery,
  type TargetConnection,
  targetConnectionsQuery,
} from '../../api/documents/catalogDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useSession } from '../../stores/session.ts'
import { useTemplateDraft } from '../../stores/templateDraft.ts'
import { useTemplateTable } from '../../stores/templateTable.ts'
import type { TableType } from '../../ui/words/kinds.ts'
import { CANONICAL, isReadOnlyType, PRESETS, presetWeights } from './mixRules.ts'
import { useCatalogList } from './useCatalogList.ts'

/** Where people's own tables usually are, as each engine writes it. */
const USUAL_SCHEMAS = ['public', 'PUBLIC']

/** What there is to choose from for the target, read from the catalog as the choices before are made, and what a choice brings with it. */
export const useTarget = () => {
  const store = useTemplateDraft()
  const table = useTemplateTable()
  const session = useSession()
  const target = computed(() => store.draft.target)

  const connections = shallowRef<readonly TargetConnection[] | null>(null)
  const connectionsProblem = shallowRef<ServerProblem | null>(null)
  const connection = computed(() => connections.value?.find(({ id }) => id === target.value.connectionId) ?? null)
  const isSnowflake = computed(() =>
    connection.value === null ? target.value.tableType !== 'POSTGRES' : connection.value.type === 'SNOWFLAKE',
  )

  const of = <Rest extends object>(rest: Rest | null) => {
    const connectionId = connection.value?.id
    return connectionId === undefined || rest === null || !session.may('AUTHOR') ? null : { connectionId, ...rest }
  }
  const databaseOf = () => (isSnowflake.value && target.value.database === null ? null : { database: target.value.database })
  const databases = useCatalogList(
    catalogDatabasesQuery,
    () => of({}),
    ({ catalogDatabases: { databases: rows, isCut } }) => ({ rows, isCut }),
    () => target.value.database,
  )
  const schemas = useCatalogList(
    catalogSchemasQuery,
    () => of(databaseOf()),
    ({ catalogSchemas: { schemas: rows, isCut } }) => ({ rows, isCut }),
    () => target.value.schema,
  )
  const tables = useCatalogList(
    catalogTablesQuery,
    () => {
      const database = databaseOf()
      const { schema } = target.value
      return database === null || !schema ? null : of({ ...database, schema })
    },
    ({ catalogTables: { tables: rows, isCut } }) => ({ rows, isCut }),
    () => target.value.table,
  )
  const warehouses = useCatalogList(
    catalogWarehousesQuery,
    () => (isSnowflake.value ? of({}) : null),
    data => ({ rows: data.catalogWarehouses, isCut: false }),
  )

  const takeType = (tableType: TableType): void => {
    target.value.tableType = tableType
    if (!isReadOnlyType(tableType)) return
    const { operations } = store.draft
    if (CANONICAL.every(({ field, type }) => type === 'READ' || (operations[field].weight ?? 0) === 0)) return
    const readOnly = PRESETS[0]
    if (readOnly === undefined) return
    const weights = presetWeights(readOnly, operations)
    for (const { field } of CANONICAL) operations[field].weight = weights[field]
  }
  const chooseConnection = (id: string): void => {
    const chosen = connections.value?.find(each => each.id === id)
    if (chosen === undefined || id === target.value.connectionId) return
    const isSameHost = chosen.postgres?.host === connection.value?.postgres?.host
    const isOther = (chosen.type === 'SNOWFLAKE') !== isSnowflake.value || store.isNew
    const own = target.value
    own.connectionId = id
    // It is a fact of the instance.
    if (!isSameHost) own.postgresInstanceSize = null
    if (!isOther) return
    own.database = null
    own.schema = chosen.type === 'SNOWFLAKE' ? '' : 'public'
    own.table = ''
    own.columns = null
    own.warehouse = null
    own.warehouseSize = null
    own.usePgbouncer = false
    own.tableType = chosen.type === 'SNOWFLAKE' ? 'STANDARD' : 'POSTGRES'
  }
  const readConnections = async (): Promise<void> => {
    const { data, problem } = await askServer(targetConnectionsQuery, {})
    connectionsProblem.value = problem
    connections.value = data?.connections ?? null
  }
  // A newcomer begins with the connection that is the likeliest: the default that most templates use.
  watch([connections, () => store.saved], () => {
    if (connections.value === null || !store.isNew || target.value.connectionId !== null) return
    // What was brought in names its table already, and only wants to be reached.
    const hasTable = target.value.table !== ''
    const likely = connections.value
      .filter(({ type }) => !hasTable || (type === 'SNOWFLAKE') === isSnowflake.value)
      .sort((a, b) => Number(b.isDefault) - Number(a.isDefault) || b.templateCount - a.templateCount)[0]
    if (likely === undefined) return
    const wasDirty = store.isDirty
    if (hasTable) target.value.connectionId = likely.id
    else chooseConnection(likely.id)
    if (!wasDirty) store.settle()
  })
  // The schema that there is no choice about, or that is the usual one.
  watch(schemas.rows, rows => {
    if (rows === null || target.value.schema) return
    const likely = rows.length === 1 ? rows[0] : rows.find(({ name }) => USUAL_SCHEMAS.includes(name))
    if (likely !== undefined) target.value.schema = likely.name
  })
  watch([warehouses.rows, () => target.value.tableType], () => {
    if (target.value.warehouse !== null || warehouses.rows.value === null || !store.isNew) return
    const fitting = warehouses.rows.value.filter(({ isInteractive }) => isInteractive === (target.value.tableType === 'INTERACTIVE'))
    if (fitting.length === 1 && fitting[0] !== undefined) chooseWarehouse(fitting[0].name)
  })

  const chooseDatabase = (): void => {
    if (isSnowflake.value) target.value.schema = ''
    target.value.table = ''
  }
  const chooseSchema = (): void => {
    target.value.table = ''
  }
  const chooseTable = (name: string): void => {
    const chosen = tables.shown.value?.find((each: CatalogTable) => each.name === name)
    target.value.columns = null
    if (chosen !== undefined) takeType(chosen.tableType)
  }
  const chooseWarehouse = (name: string): void => {
    target.value.warehouse = name
    target.value.warehouseSize = warehouses.rows.value?.find(each => each.name === name)?.size ?? null
  }
  const warehouse = computed(() => warehouses.rows.value?.find(({ name }) => name === target.value.warehouse) ?? null)
  /** What the catalog says the table is, where the template says something else. */
  const otherType = computed(() => {
    const found = table.details?.table.tableType
    return found !== undefined && found !== target.value.tableType ? found : null
  })
  // A name that was typed has its type found out; that of a saved template stays until it is asked for.
  watch(otherType, found => {
    if (found !== null && store.isNew) takeType(found)
  })

  const lists = [databases, schemas, tables, warehouses]
  const catalogProblem = computed(() => lists.find(({ problem }) => problem.value !== null)?.problem.value ?? table.detailsProblem)
  const isReading = computed(() => lists.some(({ isReading: reading }) => reading.value) || table.isReadingDetails)
  const refresh = async (): Promise<void> => {
    await Promise.all([readConnections(), ...lists.map(({ read }) => read(true)), table.refresh()])
  }
  return {
    connections,
    connectionsProblem,
    connection,
    isSnowflake,
    databases,
    schemas,
    tables,
    warehouses,
    warehouse,
    otherType,
    catalogProblem,
    isReading,
    readConnections,
    chooseConnection,
    chooseDatabase,
    chooseSchema,
    chooseTable,
    chooseWarehouse,
    takeType,
    refresh,
  }
}
