import { graphql, type ResultOf } from '../graphql.ts'
import { warehouseDetailsFields } from './warehouseFields.ts'

export const targetConnectionsQuery = graphql(`
  query TargetConnections {
    connections {
      id
      name
      type
      isDefault
      templateCount
      postgres {
        host
        database
      }
      snowflake {
        account
      }
    }
  }
`)

export const catalogDatabasesQuery = graphql(`
  query CatalogDatabases($connectionId: ID!, $refresh: Boolean!) {
    catalogDatabases(connectionId: $connectionId, refresh: $refresh) {
      name
      comment
    }
  }
`)

export const catalogSchemasQuery = graphql(`
  query CatalogSchemas($connectionId: ID!, $database: String, $refresh: Boolean!) {
    catalogSchemas(connectionId: $connectionId, database: $database, refresh: $refresh) {
      name
      comment
    }
  }
`)

const catalogTableFields = graphql(`
  fragment CatalogTableFields on CatalogTable {
    name
    tableType
    rowEstimate
    bytes
    comment
  }
`)

export const catalogTablesQuery = graphql(
  `
    query CatalogTables($connectionId: ID!, $database: String, $schema: String!, $refresh: Boolean!) {
      catalogTables(connectionId: $connectionId, database: $database, schema: $schema, refresh: $refresh) {
        ...CatalogTableFields
      }
    }
  `,
  [catalogTableFields],
)

export const catalogTableQuery = graphql(
  `
    query CatalogTable($connectionId: ID!, $database: String, $schema: String!, $table: String!, $refresh: Boolean!) {
      catalogTable(connectionId: $connectionId, database: $database, schema: $schema, table: $table, refresh: $refresh) {
        table {
          ...CatalogTableFields
        }
        columns {
          name
          type
          nullable
          isKey
          hasDefault
          comment
        }
        keyColumns
        hints
      }
    }
  `,
  [catalogTableFields],
)

export const catalogWarehousesQuery = graphql(
  `
    query CatalogWarehouses($connectionId: ID!, $refresh: Boolean!) {
      catalogWarehouses(connectionId: $connectionId, refresh: $refresh) {
        isInteractive
        ...WarehouseDetailsFields
      }
    }
  `,
  [warehouseDetailsFields],
)

export type TargetConnection = ResultOf<typeof targetConnectionsQuery>['connections'][number]
export type CatalogTable = ResultOf<typeof catalogTableFields>
export type TableDetails = ResultOf<typeof catalogTableQuery>['catalogTable']
export type CatalogWarehouse = ResultOf<typeof catalogWarehousesQuery>['catalogWarehouses'][number]
