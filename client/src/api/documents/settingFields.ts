import { graphql } from '../graphql.ts'

/** Settings that a template and the plan of a run have alike. */
const findMaxSettingFields = graphql(`
  fragment FindMaxSettingFields on FindMaxSettings {
    startConnections
    connectionsIncrement
    stepDurationSeconds
    qpsStabilityPercent
    latencyStabilityPercent
    maxErrorRatePercent
    resolution
    minSamples
  }
`)

export const loadSettingFields = graphql(
  `
    fragment LoadSettingFields on TemplateLoad {
      mode
      targetConnections
      durationSeconds
      warmupSeconds
      thinkTimeMs
      targetQps
      arrival
      findMax {
        ...FindMaxSettingFields
      }
    }
  `,
  [findMaxSettingFields],
)

export const guardrailSettingFields = graphql(`
  fragment GuardrailSettingFields on TemplateGuardrails {
    enabled
    mode
    maxCpuPercent
    maxMemoryPercent
    backOffPercent
    patienceIntervals
    failThreshold
  }
`)

export const sloSettingFields = graphql(`
  fragment SloSettingFields on Slo {
    kind
    p95Ms
    p99Ms
    errorRatePercent
  }
`)
