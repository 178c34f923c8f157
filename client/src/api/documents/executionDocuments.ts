import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { executionsKeptFields } from './runPartDocuments.ts'

export const runErrorGroupsQuery = graphql(
  `
    query RunErrorGroups($id: ID!) {
      run(id: $id) {
        id
        figures {
          errorGroups {
            id
            category
            message
          }
        }
      }
    }
  `,
)

export const executionsHeadQuery = graphql(
  `
    query ExecutionsHead($id: ID!) {
      run(id: $id) {
        id
        name
        number
        status
        executionsKept {
          ...ExecutionsKeptFields
        }
        statements {
          operationIndex
          kind
          label
          operationType
          sql
        }
        plan {
          operations {
            kind
            label
          }
        }
        workers {
          workerId
        }
      }
    }
  `,
  [executionsKeptFields],
)

export const executionPageQuery = graphql(`
  query ExecutionPage($id: ID!, $first: Int!, $after: String, $filter: ExecutionFilter, $sort: ExecutionSort) {
    run(id: $id) {
      id
      executions(first: $first, after: $after, filter: $filter, sort: $sort) {
        edges {
          node {
            id
            workerId
            connection
            kind
            label
            phase
            counted
            intendedStartSeconds
            startSeconds
            endSeconds
            responseMs
            serviceMs
            rows
            success
            retried
            errorCategory
            error
            errorGroup
            queryId
            server {
              totalMs
              compilationMs
              executionMs
              queuedOverloadMs
              queuedProvisioningMs
              blockedMs
              bytesScanned
              rowsProduced
              clusterNumber
            }
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`)

export const exportExecutionsMutation = graphql(`
  mutation ExportExecutions($id: ID!, $filter: ExecutionFilter!, $sort: ExecutionSort!) {
    exportRun(id: $id, format: CSV, executions: true, filter: $filter, sort: $sort) {
      name
      url
    }
  }
`)

export type ExecutionsHead = NonNullable<ResultOf<typeof executionsHeadQuery>['run']>
export type Execution = NonNullable<ResultOf<typeof executionPageQuery>['run']>['executions']['edges'][number]['node']
export type ExecutionFilter = NonNullable<VariablesOf<typeof executionPageQuery>['filter']>
export type ExecutionSort = NonNullable<VariablesOf<typeof executionPageQuery>['sort']>
