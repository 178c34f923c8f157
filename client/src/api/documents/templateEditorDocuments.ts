import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'
import { guardrailSettingFields, loadSettingFields, sloSettingFields } from './settingFields.ts'

const editedOperationFields = graphql(`
  fragment EditedOperationFields on TemplateOperations {
    pointLookup {
      weight
      sql
    }
    rangeScan {
      weight
      sql
    }
    insert {
      weight
      sql
    }
    update {
      weight
      sql
    }
    generic {
      id
      label
      operationType
      weight
      sql
      parameters {
        name
        position
        strategy
        value
        values
        weights
        column
        min
        max
        integer
        dependsOn
        offsets
      }
    }
  }
`)

const editedLoadFields = graphql(
  `
    fragment EditedLoadFields on Template {
      load {
        ...LoadSettingFields
        startingConnections
        maxConnectionIncrease
      }
      scaling {
        mode
        minWorkers
        maxWorkers
        minConnections
        maxConnections
        boundsPatienceIntervals
      }
      guardrails {
        ...GuardrailSettingFields
      }
      slos {
        ...SloSettingFields
      }
      sloAbort {
        enabled
        graceSeconds
      }
      advanced {
        seed
        rangeSize
        metricsIntervalSeconds
        statementTimeoutSeconds
        connectTimeoutSeconds
        startupTimeoutSeconds
        drainTimeoutSeconds
        controlLossSeconds
        deadWorkerPolicy
        shareSut
        keepExecutions
      }
    }
  `,
  [loadSettingFields, guardrailSettingFields, sloSettingFields],
)

/** Everything of a template that can be edited. */
export const editedTemplateFields = graphql(
  `
    fragment EditedTemplateFields on Template {
      name
      description
      tags {
        key
        value
      }
      target {
        connectionId
        tableType
        database
        schema
        table
        warehouse
        warehouseSize
        postgresInstanceSize
        useCachedResult
        usePgbouncer
        columns {
          name
          type
        }
      }
      operations {
        ...EditedOperationFields
      }
      ...EditedLoadFields
    }
  `,
  [editedOperationFields, editedLoadFields],
)

const savedTemplateFields = graphql(
  `
    fragment SavedTemplateFields on Template {
      id
      version
      isUsed
      usageCount
      ...EditedTemplateFields
    }
  `,
  [editedTemplateFields],
)

export const editedTemplateQuery = graphql(
  `
    query EditedTemplate($id: ID!) {
      template(id: $id) {
        ...SavedTemplateFields
      }
    }
  `,
  [savedTemplateFields],
)

/** With each version as it was, for looking at an old one. */
export const oldVersionQuery = graphql(
  `
    query OldTemplateVersion($id: ID!) {
      template(id: $id) {
        ...SavedTemplateFields
        versions {
          version
          template {
            ...EditedTemplateFields
          }
        }
      }
    }
  `,
  [savedTemplateFields, editedTemplateFields],
)

export const checkTemplateQuery = graphql(`
  query CheckTemplate($input: TemplateInput!) {
    checkTemplate(input: $input) {
      summary
      problems {
        path
        message
      }
      hints {
        path
        message
      }
    }
  }
`)

export const createTemplateMutation = graphql(
  `
    mutation CreateTemplate($input: TemplateInput!) {
      createTemplate(input: $input) {
        ...SavedTemplateFields
      }
    }
  `,
  [savedTemplateFields],
)

export const updateTemplateMutation = graphql(
  `
    mutation UpdateTemplate($id: ID!, $input: TemplateInput!, $expectedVersion: Int) {
      updateTemplate(id: $id, input: $input, expectedVersion: $expectedVersion) {
        ...SavedTemplateFields
      }
    }
  `,
  [savedTemplateFields],
)

export type EditedTemplate = ResultOf<typeof editedTemplateFields>
export type SavedTemplate = ResultOf<typeof savedTemplateFields>
export type TemplateInput = VariablesOf<typeof createTemplateMutation>['input']
export type TemplateCheck = ResultOf<typeof checkTemplateQuery>['checkTemplate']
