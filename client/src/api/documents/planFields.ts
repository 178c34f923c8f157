import { graphql } from '../graphql.ts'

export const runPlanFields = graphql(`
  fragment RunPlanFields on RunPlan {
    summary
    workerCount
    targetConnections
    seed
    target {
      connectionId
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
      findMax {
        startConnections
        connectionsIncrement
        stepDurationSeconds
        qpsStabilityPercent
        latencyStabilityPercent
        maxErrorRatePercent
        resolution
        minSamples
      }
    }
    scaling {
      mode
      minWorkers
      maxWorkers
      maxConnections
    }
    limits {
      minWorkers
      maxWorkers
      minConnections
      maxConnections
      areSet
    }
    guardrails {
      enabled
      mode
      maxCpuPercent
      maxMemoryPercent
      backOffPercent
      patienceIntervals
      failThreshold
    }
    slos {
      kind
      p95Ms
      p99Ms
      errorRatePercent
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
      deadWorkerPolicy
      shareSut
    }
  }
`)
