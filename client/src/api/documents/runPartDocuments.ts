import { graphql, type ResultOf } from '../graphql.ts'
import { historyPointFields } from './runFields.ts'

/** Parts of a run that is over, each asked for when its panel comes near. */

export const executionsKeptFields = graphql(`
  fragment ExecutionsKeptFields on ExecutionsKept {
    state
    loaded
    expected
    dropped
    differences {
      workerId
      phase
      label
      counted
      loaded
      why
    }
    unread
  }
`)

/** Whether its executions are there, and where they differ from what the histograms counted. */
export const runKeptQuery = graphql(
  `
    query RunKept($id: ID!) {
      run(id: $id) {
        id
        executionsKept {
          ...ExecutionsKeptFields
        }
      }
    }
  `,
  [executionsKeptFields],
)

const namedCountFields = graphql(`
  fragment NamedCountFields on NamedCount {
    name
    count
  }
`)

const errorGroupFields = graphql(
  `
    fragment ErrorGroupFields on ErrorGroup {
      id
      category
      message
      sample
      count
      byLabel {
        ...NamedCountFields
      }
      byWorker {
        ...NamedCountFields
      }
      firstSeconds
      lastSeconds
    }
  `,
  [namedCountFields],
)

const sliceFields = graphql(`
  fragment SliceFields on SliceFigures {
    slice
    name
    operations
    errors
    errorRate
    qps
    achievedPercent
    plannedPercent
    p50Ms
    p90Ms
    p95Ms
    p99Ms
    p999Ms
    minMs
    maxMs
    meanMs
  }
`)

export const runFiguresQuery = graphql(
  `
    query RunFigures($id: ID!) {
      run(id: $id) {
        id
        executionsKept {
          ...ExecutionsKeptFields
        }
        figures {
          slices {
            ...SliceFields
          }
          errorGroups {
            ...ErrorGroupFields
          }
          areErrorsWhole
        }
      }
    }
  `,
  [executionsKeptFields, sliceFields, errorGroupFields],
)

export const runHeatMapQuery = graphql(`
  query RunHeatMap($id: ID!) {
    run(id: $id) {
      id
      heatMap {
        columnEdgesSeconds
        bandEdgesMs
        columns {
          counts
        }
      }
    }
  }
`)

/** More intervals than any run has: none are added up. */
export const ALL_INTERVALS = 10_000_000

export const runIntervalsQuery = graphql(
  `
    query RunIntervals($id: ID!, $maxPoints: Int!) {
      run(id: $id) {
        id
        history(maxPoints: $maxPoints) {
          ...HistoryPointFields
        }
      }
    }
  `,
  [historyPointFields],
)

const percentilePointFields = graphql(`
  fragment PercentilePointFields on PercentilePoint {
    percent
    valueMs
    count
  }
`)

export const percentileCurveQuery = graphql(
  `
    query PercentileCurve($id: ID!, $label: String) {
      run(id: $id) {
        id
        percentileCurve(label: $label) {
          ...PercentilePointFields
        }
      }
    }
  `,
  [percentilePointFields],
)

const enrichmentFields = graphql(
  `
    fragment EnrichmentFields on Enrichment {
      source
      status
      note
      matched
      expected
      coveragePercent
      attempts
      dueAt
      updatedAt
      fromSeconds
      toSeconds
      statements {
        label
        calls
        executions
        errors
        rows
        totalMs
        meanMs
        p50Ms
        p90Ms
        p99Ms
        maxMs
        cacheHitPercent
        blocksRead
        ioReadMs
        ioWriteMs
        walBytes
      }
      clusters {
        clusterNumber
        executions
        p50Ms
        p95Ms
        maxMs
        meanQueuedOverloadMs
        meanQueuedProvisioningMs
        byLabel {
          ...NamedCountFields
        }
      }
      overhead {
        atSeconds
        executions
        medianMs
      }
    }
  `,
  [namedCountFields],
)

export const runEnrichmentsQuery = graphql(
  `
    query RunEnrichments($id: ID!) {
      run(id: $id) {
        id
        enrichments {
          ...EnrichmentFields
        }
      }
    }
  `,
  [enrichmentFields],
)

type RunWith<Result> = NonNullable<Result extends { run: infer Run } ? Run : never>

export type ExecutionsKept = ResultOf<typeof executionsKeptFields>
export type SliceFigures = ResultOf<typeof sliceFields>
export type ErrorGroup = ResultOf<typeof errorGroupFields>
export type RunFigures = NonNullable<RunWith<ResultOf<typeof runFiguresQuery>>['figures']>
export type HeatMap = NonNullable<RunWith<ResultOf<typeof runHeatMapQuery>>['heatMap']>
export type PercentilePoint = ResultOf<typeof percentilePointFields>
export type Enrichment = ResultOf<typeof enrichmentFields>
