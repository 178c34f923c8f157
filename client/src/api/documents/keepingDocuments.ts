import { graphql, type VariablesOf } from '../graphql.ts'

/** What is done to a run that is over: nothing of it changes what was measured. */

export const annotateRunMutation = graphql(`
  mutation AnnotateRun($id: ID!, $tags: [String!], $annotation: String, $isBaseline: Boolean) {
    annotateRun(id: $id, tags: $tags, annotation: $annotation, isBaseline: $isBaseline) {
      id
    }
  }
`)

export const deleteRunMutation = graphql(`
  mutation DeleteRun($id: ID!) {
    deleteRun(id: $id) {
      id
    }
  }
`)

export const restoreRunMutation = graphql(`
  mutation RestoreRun($id: ID!) {
    restoreRun(id: $id) {
      id
    }
  }
`)

export const rerunMutation = graphql(`
  mutation Rerun($id: ID!, $from: RerunFrom!) {
    rerun(id: $id, from: $from) {
      id
    }
  }
`)

export const enrichRunMutation = graphql(`
  mutation EnrichRun($id: ID!) {
    enrichRun(id: $id) {
      id
    }
  }
`)

export const loadExecutionsMutation = graphql(`
  mutation LoadExecutions($id: ID!) {
    loadExecutions(id: $id) {
      id
    }
  }
`)

export const exportRunMutation = graphql(`
  mutation ExportRun($id: ID!, $format: ExportFormat!, $executions: Boolean!) {
    exportRun(id: $id, format: $format, executions: $executions) {
      name
      url
      bytes
    }
  }
`)

export type RerunFrom = VariablesOf<typeof rerunMutation>['from']
export type ExportFormat = VariablesOf<typeof exportRunMutation>['format']
