import { graphql, type ResultOf } from '../graphql.ts'

export const templateStatementsQuery = graphql(`
  query TemplateStatements($input: TemplateInput!, $templateId: ID) {
    templateStatements(input: $input, templateId: $templateId) {
      statements {
        kind
        label
        operationType
        sql
        problem
      }
      columns {
        name
        type
      }
      keyColumn
      problem
    }
  }
`)

export const tryStatementMutation = graphql(`
  mutation TryStatement($input: TemplateInput!, $kind: OperationKind!, $label: String, $templateId: ID) {
    tryStatement(input: $input, kind: $kind, label: $label, templateId: $templateId) {
      sql
      values {
        position
        value
        isNull
      }
      ok
      tookMs
      rows
      columnNames
      sample
      plan
      problem
      wasRolledBack
    }
  }
`)

export type TemplateStatements = ResultOf<typeof templateStatementsQuery>['templateStatements']
export type TriedStatement = ResultOf<typeof tryStatementMutation>['tryStatement']
