import { graphql, type ResultOf } from '../graphql.ts'

export const sloFields = graphql(`
  fragment SloFields on SloJudgement {
    kind
    bound
    limit
    observed
    verdict
  }
`)

export const stepFields = graphql(`
  fragment StepFields on ControllerStep {
    stepNumber
    purpose
    workers
    fromConnections
    toConnections
    startedAt
    endedAt
    elapsedSeconds
    observedSeconds
    operations
    qps
    targetQps
    p50Ms
    p95Ms
    p99Ms
    errorRate
    qpsVsPriorPercent
    p95VsBaselinePercent
    qpsErrorPercent
    isQueued
    clientLimitedSeconds
    outcome
    reason
  }
`)

export const findMaxResultFields = graphql(`
  fragment FindMaxResultFields on FindMaxResult {
    connections
    workers
    qps
    p50Ms
    p95Ms
    p99Ms
    errorRate
    stepNumber
    maxType
    isConfirmed
    reason
  }
`)

export const controllerFields = graphql(
  `
    fragment ControllerFields on LoadController {
      findMax {
        step {
          stepNumber
          purpose
          targetConnections
          workers
          startedAt
          observedFrom
          endsAt
          extensions
          repeats
          nextIfGood
          nextIfBad
        }
        steps {
          ...StepFields
        }
        baselineP95Ms
        lastGood
        firstBad
        result {
          ...FindMaxResultFields
        }
        endedBecause
      }
      qps {
        targetQps
        targetConnections
        workers
        changedAt
        reason
        recent {
          ...StepFields
        }
      }
    }
  `,
  [stepFields, findMaxResultFields],
)

export const boundsFields = graphql(`
  fragment BoundsFields on LoadBounds {
    at
    achievedQps
    targetQps
    targetConnections
    maxWorkers
    ceilingConnections
    words
  }
`)

export const guardrailFields = graphql(`
  fragment GuardrailFields on GuardrailStatus {
    state
    ceilings {
      workerId
      connections
    }
    workersOverCpu
    workersOverMemory
    actions {
      at
      workerId
      fromConnections
      toConnections
      reason
    }
  }
`)

export const fleetNoteFields = graphql(`
  fragment FleetNoteFields on FleetNote {
    workerId
    standing
    at
    reason
  }
`)

export const waitedRunFields = graphql(`
  fragment WaitedRunFields on WaitedRun {
    id
  }
`)

export type SloJudgement = ResultOf<typeof sloFields>
export type ControllerStep = ResultOf<typeof stepFields>
export type FindMaxResult = ResultOf<typeof findMaxResultFields>
export type LoadController = ResultOf<typeof controllerFields>
export type FindMaxController = NonNullable<LoadController['findMax']>
export type FindMaxStep = NonNullable<FindMaxController['step']>
export type QpsController = NonNullable<LoadController['qps']>
export type LoadBounds = ResultOf<typeof boundsFields>
export type GuardrailStatus = ResultOf<typeof guardrailFields>
export type FleetNote = ResultOf<typeof fleetNoteFields>
export type WaitedRun = ResultOf<typeof waitedRunFields>
