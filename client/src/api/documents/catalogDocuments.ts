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
  query CatalogDatabases($connectionId: ID!, $search: String, $refresh: Boolean!) {
    catalogDatabases(connectionId: $connectionId, search: $search, refresh: $refresh) {
      databases {
        name
        comment
      }
      isCut
    }
  }
`)

export const catalogSchemasQuery = graphql(`
  query CatalogSchemas($connectionId: ID!, $database: String, $search: String, $refresh: Boolean!) {
    catalogSchemas(connectionId: $connectionId, database: $database, search: $search, refresh: $refresh) {
      schemas {
        name
        comment
      }
      isCut
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
    query CatalogTables($connectionId: ID!, $database: String, $schema: String!, $search: String, $refresh: Boolean!) {
      catalogTables(connectionId: $connectionId, database: $database, schema: $schema, search: $search, refresh: $refresh) {
        tables {
          ...CatalogTableFields
        }
        isCut
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
        clusteringColumns
        lookup {
          column
          reason
        }
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
