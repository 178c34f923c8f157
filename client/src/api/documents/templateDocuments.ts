import { graphql, type ResultOf } from '../graphql.ts'

export const templateRowFields = graphql(`
  fragment TemplateRowFields on Template {
    id
    name
    description
    summary
    usageCount
    lastUsedAt
    target {
      tableType
      database
      schema
      table
      warehouseSize
      connectionName
    }
    operations {
      pointLookup {
        weight
      }
      rangeScan {
        weight
      }
      insert {
        weight
      }
      update {
        weight
      }
      generic {
        label
        weight
      }
    }
    load {
      mode
      targetConnections
      targetQps
      durationSeconds
      warmupSeconds
      findMax {
        startConnections
        connectionsIncrement
        stepDurationSeconds
      }
    }
    recentRuns(first: 10) {
      id
      number
      status
      aggregateMetrics {
        windowSeconds
        qps
        p95Ms
      }
    }
  }
`)

export const templateListQuery = graphql(
  `
    query TemplateList($first: Int!, $after: String, $search: String) {
      templates(first: $first, after: $after, search: $search) {
        totalCount
        edges {
          node {
            ...TemplateRowFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [templateRowFields],
)

export const duplicateTemplateMutation = graphql(`
  mutation DuplicateTemplate($id: ID!) {
    duplicateTemplate(id: $id) {
      id
      name
    }
  }
`)

export const deleteTemplateMutation = graphql(`
  mutation DeleteTemplate($id: ID!) {
    deleteTemplate(id: $id)
  }
`)

export type TemplateRow = ResultOf<typeof templateRowFields>
