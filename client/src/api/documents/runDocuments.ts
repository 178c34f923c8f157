import { graphql, type ResultOf } from '../graphql.ts'
import { historyPointFields, kindMetricsFields, metricsFields, runWorkerFields, timingFields } from './runFields.ts'
import { runWarehouseFields, warehouseDetailsFields, warehousePointFields } from './warehouseFields.ts'

export const runQuery = graphql(
  `
    query Run($id: ID!, $maxPoints: Int!) {
      run(id: $id) {
        id
        name
        number
        templateId
        status
        phase
        completionReason
        cancellationReason
        workerCount
        createdAt
        notes
        plan {
          summary
          workerCount
          targetConnections
          seed
          target {
            connectionName
            tableType
            database
            schema
            table
            warehouse
            warehouseSize
            postgresInstanceSize
          }
          load {
            mode
            targetConnections
            durationSeconds
            warmupSeconds
            thinkTimeMs
            targetQps
            arrival
          }
          scaling {
            mode
            minWorkers
            maxWorkers
          }
          operations {
            kind
            operationType
            label
            weight
            sql
          }
          advanced {
            statementTimeoutSeconds
            drainTimeoutSeconds
            metricsIntervalSeconds
          }
        }
        timing {
          ...TimingFields
        }
        aggregateMetrics {
          ...MetricsFields
        }
        result {
          totalOperations
          failedOperations
          cutOffOperations
          retriedOperations
          measuredSeconds
          qps
          errorRate
          p50Ms
          p95Ms
          p99Ms
          p999Ms
          minMs
          maxMs
          meanMs
          byKind {
            ...KindMetricsFields
          }
          errors {
            category
            count
            sample
          }
          clientLimitedSeconds
          latencyAggregationMethod
          tableRows
        }
        workers {
          ...RunWorkerFields
        }
        history(maxPoints: $maxPoints) {
          ...HistoryPointFields
        }
        warehouse {
          ...RunWarehouseFields
        }
        warehouseHistory(maxPoints: $maxPoints) {
          ...WarehousePointFields
        }
        warehouseConfig {
          ...WarehouseDetailsFields
        }
      }
    }
  `,
  [
    timingFields,
    metricsFields,
    kindMetricsFields,
    runWorkerFields,
    historyPointFields,
    runWarehouseFields,
    warehousePointFields,
    warehouseDetailsFields,
  ],
)

export const runUpdatedSubscription = graphql(
  `
    subscription RunUpdated($runId: ID!) {
      runUpdated(runId: $runId) {
        run {
          id
          status
          phase
          completionReason
          cancellationReason
          workerCount
          workersReady
          timing {
            ...TimingFields
          }
          aggregateMetrics {
            ...MetricsFields
          }
          measurementMetrics {
            ...MetricsFields
          }
          warehouse {
            ...RunWarehouseFields
          }
        }
        workers {
          ...RunWorkerFields
        }
        newestPoints {
          ...HistoryPointFields
        }
        latencyAggregationMethod
      }
    }
  `,
  [timingFields, metricsFields, runWorkerFields, historyPointFields, runWarehouseFields],
)

export const prepareRunMutation = graphql(`
  mutation PrepareRun($templateId: ID!) {
    prepareRun(templateId: $templateId) {
      id
      status
    }
  }
`)

export const startRunMutation = graphql(`
  mutation StartRun($id: ID!) {
    startRun(id: $id) {
      id
      status
    }
  }
`)

export const stopRunMutation = graphql(`
  mutation StopRun($id: ID!, $reason: String) {
    stopRun(id: $id, reason: $reason) {
      id
      status
    }
  }
`)

export type RunDetail = NonNullable<ResultOf<typeof runQuery>['run']>
export type RunPlan = RunDetail['plan']
export type RunResult = NonNullable<RunDetail['result']>
export type RunUpdate = ResultOf<typeof runUpdatedSubscription>['runUpdated']
export type RunStatus = RunDetail['status']
export type RunPhase = RunDetail['phase']
export type CompletionReason = NonNullable<RunDetail['completionReason']>
