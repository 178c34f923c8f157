import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

export const runRowFields = graphql(`
  fragment RunRowFields on Run {
    id
    name
    number
    status
    phase
    cancellationReason
    waitsFor {
      id
    }
    createdAt
    plan {
      workerCount
      targetConnections
      target {
        tableType
        database
        schema
        table
        warehouse
        warehouseSize
      }
      load {
        mode
        targetQps
        durationSeconds
        warmupSeconds
      }
    }
    timing {
      serverNow
      startRequestedAt
      endedAt
      elapsedSeconds
    }
    controller {
      findMax {
        result {
          connections
          qps
          p95Ms
          errorRate
        }
      }
    }
    aggregateMetrics {
      scope
      windowSeconds
      qps
      p95Ms
      errorRate
    }
  }
`)

export const runListQuery = graphql(
  `
    query RunList($first: Int!, $after: String, $filter: RunFilter) {
      runs(first: $first, after: $after, filter: $filter) {
        totalCount
        edges {
          node {
            ...RunRowFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [runRowFields],
)

export const runsChangedSubscription = graphql(`
  subscription RunsChanged {
    runsChanged {
      id
      status
      phase
      name
      changedAt
    }
  }
`)

export type RunRow = ResultOf<typeof runRowFields>
export type RunListFilter = NonNullable<VariablesOf<typeof runListQuery>['filter']>
