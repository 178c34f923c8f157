import { graphql } from '../graphql.ts'
import { guardrailSettingFields, loadSettingFields, sloSettingFields } from './settingFields.ts'

export const runPlanFields = graphql(
  `
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
        ...LoadSettingFields
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
        ...GuardrailSettingFields
      }
      slos {
        ...SloSettingFields
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
  `,
  [loadSettingFields, guardrailSettingFields, sloSettingFields],
)
