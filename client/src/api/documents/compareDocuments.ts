import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

const comparedRunFields = graphql(`
  fragment ComparedRunFields on Run {
    id
    name
    number
    status
    cancellationReason
    createdAt
    deletedAt
    isBaseline
    timing {
      startedAt
    }
    plan {
      summary
    }
    result {
      lostWorkers {
        workerId
        elapsedSeconds
      }
      findMax {
        connections
        qps
        p95Ms
        maxType
        isConfirmed
      }
    }
  }
`)

const labelCellFields = graphql(`
  fragment LabelCellFields on LabelCell {
    operations
    qps
    p50Ms
    p95Ms
    p99Ms
    errorRate
    qpsDeltaPercent
    p50DeltaPercent
    p95DeltaPercent
    p99DeltaPercent
  }
`)

const verdictFields = graphql(`
  fragment VerdictFields on Verdict {
    groupId
    metric
    title
    outcome
    baseline
    candidate
    effectPercent
    lowPercent
    highPercent
    confidencePercent
    isOfTheseRunsOnly
    sentence
    reasons
    cautions
  }
`)

/** Two to five runs side by side: everything but what they did over time. */
export const compareRunsQuery = graphql(
  `
    query CompareRuns($ids: [ID!]!, $baselineId: ID) {
      compareRuns(ids: $ids, baselineId: $baselineId) {
        baselineId
        method
        runs {
          ...ComparedRunFields
        }
        groups {
          id
          runIds
          isBaseline
        }
        spans {
          runId
          warmupSeconds
          measuredSeconds
        }
        verdicts {
          ...VerdictFields
        }
        metrics {
          metric
          title
          unit
          better
          values
          deltasPercent
          best
        }
        labels {
          label
          kind
          cells {
            ...LabelCellFields
          }
        }
        errors {
          category
          counts
          sample
        }
        settings {
          path
          title
          values
          differs
        }
        workers {
          workerId
          cells {
            operations
            qps
            p50Ms
            p95Ms
            p99Ms
            errorRate
          }
        }
        resources {
          kind
          title
          unit
          values
        }
        clusters {
          clusterNumber
          cells {
            executions
            p50Ms
            p95Ms
            byLabel {
              name
              count
            }
          }
        }
        findMax {
          connections
          cells {
            qps
            p95Ms
            errorRate
            outcome
          }
        }
      }
    }
  `,
  [comparedRunFields, labelCellFields, verdictFields],
)

/** What they did over time: of the stretch as many points as can be told apart, or all of them. */
export const compareSeriesQuery = graphql(`
  query CompareSeries(
    $runIds: [ID!]!
    $metrics: [SeriesMetric!]!
    $maxPoints: Int
    $fromSeconds: Float
    $toSeconds: Float
    $align: SeriesAlignment!
  ) {
    series(
      runIds: $runIds
      metrics: $metrics
      maxPoints: $maxPoints
      fromSeconds: $fromSeconds
      toSeconds: $toSeconds
      align: $align
    ) {
      runId
      metric
      intervals
      seconds
      values
    }
  }
`)

/** Where a run's load generator could have been the limit. */
export const compareLimitsQuery = graphql(`
  query CompareLimits($id: ID!, $maxPoints: Int!) {
    run(id: $id) {
      id
      history(maxPoints: $maxPoints) {
        elapsedSeconds
        intervalSeconds
        clientLimited
      }
    }
  }
`)

const choiceFields = graphql(`
  fragment ChoiceFields on Run {
    id
    name
    number
    status
    createdAt
    tags
    isBaseline
    fingerprint
    plan {
      summary
      target {
        tableType
        database
        schema
        table
      }
    }
    aggregateMetrics {
      qps
      p95Ms
    }
  }
`)

/** Runs that are over, to choose from. */
export const compareChoicesQuery = graphql(
  `
    query CompareChoices($first: Int!, $after: String, $filter: RunFilter) {
      runs(first: $first, after: $after, filter: $filter) {
        totalCount
        edges {
          node {
            ...ChoiceFields
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [choiceFields],
)

export type Comparison = ResultOf<typeof compareRunsQuery>['compareRuns']
export type Verdict = Comparison['verdicts'][number]
export type Series = ResultOf<typeof compareSeriesQuery>['series'][number]
export type SeriesMetric = Series['metric']
export type SeriesQuestion = VariablesOf<typeof compareSeriesQuery>
export type Choice = ResultOf<typeof choiceFields>
