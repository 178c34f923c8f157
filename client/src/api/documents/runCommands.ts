import { graphql } from '../graphql.ts'

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

export const setWorkerTargetMutation = graphql(`
  mutation SetWorkerTarget($runId: ID!, $workerId: ID!, $connections: Int!) {
    setWorkerTarget(runId: $runId, workerId: $workerId, connections: $connections) {
      id
    }
  }
`)
