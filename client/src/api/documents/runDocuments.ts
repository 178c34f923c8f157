import { graphql, type ResultOf } from '../graphql.ts'
import {
  boundsFields,
  controllerFields,
  findMaxResultFields,
  fleetNoteFields,
  guardrailFields,
  sloFields,
  stepFields,
  waitedRunFields,
} from './loadFields.ts'
import { runPlanFields } from './planFields.ts'
import {
  historyPointFields,
  kindMetricsFields,
  metricsFields,
  processingFields,
  resultArrivalsFields,
  runWorkerFields,
  timingFields,
} from './runFields.ts'
import { runWarehouseFields, warehouseDetailsFields, warehousePointFields } from './warehouseFields.ts'

export const runQuery = graphql(
  `
    query Run($id: ID!, $maxPoints: Int!) {
      run(id: $id) {
        id
        name
        number
        templateId
        templateVersion
        newestTemplateVersion
        status
        phase
        completionReason
        cancellationReason
        workerCount
        createdAt
        notes
        tags
        annotation
        isBaseline
        deletedAt
        importedAt
        rerunOf
        plan {
          ...RunPlanFields
        }
        timing {
          ...TimingFields
        }
        processing {
          ...ProcessingFields
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
          arrivals {
            ...ResultArrivalsFields
          }
          slos {
            ...SloFields
          }
          findMax {
            ...FindMaxResultFields
          }
          lostWorkers {
            workerId
            elapsedSeconds
            reason
          }
        }
        controller {
          ...ControllerFields
        }
        bounds {
          ...BoundsFields
        }
        guardrail {
          ...GuardrailFields
        }
        fleetNotes {
          ...FleetNoteFields
        }
        waitsFor {
          ...WaitedRunFields
        }
        controllerSteps {
          ...StepFields
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
    runPlanFields,
    timingFields,
    processingFields,
    metricsFields,
    kindMetricsFields,
    resultArrivalsFields,
    runWorkerFields,
    historyPointFields,
    runWarehouseFields,
    warehousePointFields,
    warehouseDetailsFields,
    controllerFields,
    boundsFields,
    guardrailFields,
    fleetNoteFields,
    waitedRunFields,
    stepFields,
    findMaxResultFields,
    sloFields,
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
          processing {
            ...ProcessingFields
          }
          aggregateMetrics {
            ...MetricsFields
          }
          measurementMetrics {
            ...MetricsFields
          }
          arrivals {
            ...ResultArrivalsFields
          }
          warehouse {
            ...RunWarehouseFields
          }
          controller {
            ...ControllerFields
          }
          bounds {
            ...BoundsFields
          }
          guardrail {
            ...GuardrailFields
          }
          fleetNotes {
            ...FleetNoteFields
          }
          waitsFor {
            ...WaitedRunFields
          }
          slos {
            ...SloFields
          }
          slosNow {
            ...SloFields
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
  [
    timingFields,
    processingFields,
    metricsFields,
    resultArrivalsFields,
    runWorkerFields,
    historyPointFields,
    runWarehouseFields,
    controllerFields,
    boundsFields,
    guardrailFields,
    fleetNoteFields,
    waitedRunFields,
    sloFields,
  ],
)

/** What another run is called. */
export const runNameQuery = graphql(`
  query RunName($id: ID!) {
    run(id: $id) {
      id
      name
      number
    }
  }
`)

export type RunDetail = NonNullable<ResultOf<typeof runQuery>['run']>
export type RunPlan = RunDetail['plan']
export type RunResult = NonNullable<RunDetail['result']>
export type RunUpdate = ResultOf<typeof runUpdatedSubscription>['runUpdated']
export type RunStatus = RunDetail['status']
export type CompletionReason = NonNullable<RunDetail['completionReason']>
