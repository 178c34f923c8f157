import { graphql, type ResultOf } from '../graphql.ts'

export const timingFields = graphql(`
  fragment TimingFields on RunTiming {
    serverNow
    createdAt
    startRequestedAt
    startedAt
    measurementStartsAt
    measurementEndsAt
    phaseStartedAt
    phaseEndsAt
    endedAt
    elapsedSeconds
    warmupSeconds
    durationSeconds
    startSkewMs
  }
`)

export const kindMetricsFields = graphql(`
  fragment KindMetricsFields on KindMetrics {
    kind
    label
    operations
    errors
    errorRate
    qps
    achievedPercent
    p50Ms
    p95Ms
    p99Ms
    maxMs
    meanMs
  }
`)

export const metricsFields = graphql(
  `
    fragment MetricsFields on Metrics {
      scope
      windowSeconds
      qps
      operations
      errors
      retriedOperations
      errorRate
      p50Ms
      p95Ms
      p99Ms
      maxMs
      meanMs
      activeConnections
      targetConnections
      clientLimited
      byKind {
        ...KindMetricsFields
      }
    }
  `,
  [kindMetricsFields],
)

export const resultArrivalsFields = graphql(`
  fragment ResultArrivalsFields on ResultArrivals {
    planned
    started
    late
    missed
    unassigned
    achievedRate
    serviceP50Ms
    serviceP95Ms
    serviceP99Ms
    clockErrorP50Ms
    clockErrorP99Ms
  }
`)

export const historyPointFields = graphql(`
  fragment HistoryPointFields on HistoryPoint {
    elapsedSeconds
    intervalSeconds
    phase
    qps
    operations
    p50Ms
    p95Ms
    p99Ms
    maxMs
    errors
    errorsByCategory {
      category
      count
    }
    retriedOperations
    activeConnections
    targetConnections
    workersReported
    workersExpected
    clientLimited
    cpuPercent
    eventLoopDelayP99Ms
    openConnections
    arrivals {
      planned
      started
      late
      missed
      waiting
      serviceP50Ms
      serviceP95Ms
      serviceP99Ms
      clockErrorP99Ms
    }
  }
`)

export const runWorkerFields = graphql(`
  fragment RunWorkerFields on RunWorker {
    workerId
    workerGroupId
    status
    phase
    health
    qps
    p50Ms
    p95Ms
    p99Ms
    errorRate
    operations
    errors
    activeConnections
    targetConnections
    cpuPercent
    memoryMb
    eventLoopUtilizationPercent
    eventLoopDelayP99Ms
    clientLimited
    lastHeartbeatAgoSeconds
    lastError
    host
    pid
    standing
    connectionCeiling
    floorMs
    schedulingP99Ms
    startOffsetMs
    cpuUsedPercent
    memoryUsedPercent
    spool {
      state
      spooled
      dropped
    }
  }
`)

export const processingFields = graphql(`
  fragment ProcessingFields on Processing {
    step
    done
    total
  }
`)

export type RunTiming = ResultOf<typeof timingFields>
export type Metrics = ResultOf<typeof metricsFields>
export type KindMetrics = ResultOf<typeof kindMetricsFields>
export type ResultArrivals = ResultOf<typeof resultArrivalsFields>
export type HistoryPoint = ResultOf<typeof historyPointFields>
export type RunWorker = ResultOf<typeof runWorkerFields>
export type Processing = ResultOf<typeof processingFields>
