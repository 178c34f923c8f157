import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

const runRowFields = graphql(`
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
    deletedAt
    importedAt
    templateId
    fingerprint
    tags
    annotation
    isBaseline
    plan {
      summary
      workerCount
      targetConnections
      scaling {
        mode
      }
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
      operations
      p50Ms
      p95Ms
      p99Ms
      errorRate
    }
  }
`)

export const runListQuery = graphql(
  `
    query RunList($first: Int!, $after: String, $filter: RunFilter, $sort: RunSort) {
      runs(first: $first, after: $after, filter: $filter, sort: $sort) {
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

export const runRowQuery = graphql(
  `
    query RunRow($id: ID!) {
      run(id: $id) {
        ...RunRowFields
      }
    }
  `,
  [runRowFields],
)

export const runCountQuery = graphql(`
  query RunCount($filter: RunFilter) {
    runs(first: 1, filter: $filter) {
      totalCount
    }
  }
`)

/** What there is to choose from. */
export const runChoicesQuery = graphql(`
  query RunChoices {
    tags {
      name
      count
    }
    warehouseSizes
  }
`)

export const exportRunsMutation = graphql(`
  mutation ExportRuns($format: ExportFormat!, $filter: RunFilter, $sort: RunSort) {
    exportRuns(format: $format, filter: $filter, sort: $sort) {
      name
      url
    }
  }
`)

export const importRunMutation = graphql(`
  mutation ImportRun($file: ID!) {
    importRun(file: $file) {
      id
    }
  }
`)

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
export type RunListSort = NonNullable<VariablesOf<typeof runListQuery>['sort']>
