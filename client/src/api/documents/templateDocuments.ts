import { graphql, type ResultOf } from '../graphql.ts'

const valuePoolsFields = graphql(`
  fragment ValuePoolsFields on ValuePools {
    status
    preparedAt
    valuesPlanned
    valuesStored
    error
    isStale
    staleBecause
    hint
    needed
    neededBecause
    isUsable
    pools {
      kind
      column
      size
    }
  }
`)

const templateRowFields = graphql(
  `
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
      warehouse
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
    valuePools {
      ...ValuePoolsFields
    }
  }
`,
  [valuePoolsFields],
)

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

export const templatePoolsQuery = graphql(
  `
    query TemplatePools($id: ID!) {
      template(id: $id) {
        id
        valuePools {
          ...ValuePoolsFields
        }
      }
    }
  `,
  [valuePoolsFields],
)

export const preparePoolsMutation = graphql(
  `
    mutation PreparePools($templateId: ID!) {
      preparePools(templateId: $templateId) {
        ...ValuePoolsFields
      }
    }
  `,
  [valuePoolsFields],
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
export type ValuePools = ResultOf<typeof valuePoolsFields>
