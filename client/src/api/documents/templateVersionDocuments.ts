import { graphql, type ResultOf } from '../graphql.ts'
import { editedTemplateFields } from './templateEditorDocuments.ts'

/** Every version of a template: who saved it and when, what changed, and how many runs used it. */
export const templateVersionsQuery = graphql(`
  query TemplateVersions($id: ID!) {
    template(id: $id) {
      id
      version
      versions {
        version
        createdAt
        createdBy
        runCount
        summary
        changes
      }
    }
  }
`)

/** As each version was, for one of them to be taken over. */
export const templateVersionQuery = graphql(
  `
    query TemplateVersionSettings($id: ID!) {
      template(id: $id) {
        versions {
          version
          template {
            ...EditedTemplateFields
          }
        }
      }
    }
  `,
  [editedTemplateFields],
)

export const templateDocumentQuery = graphql(`
  query TemplateDocument($id: ID!, $format: DocumentFormat!, $version: Int) {
    templateDocument(id: $id, format: $format, version: $version)
  }
`)

export const readTemplateDocumentQuery = graphql(
  `
    query ReadTemplateDocument($document: String!) {
      readTemplateDocument(document: $document) {
        missingConnection
        problems {
          path
          message
        }
        template {
          summary
          ...EditedTemplateFields
        }
      }
    }
  `,
  [editedTemplateFields],
)

export const importTemplateMutation = graphql(`
  mutation ImportTemplate($document: String!, $connectionId: ID) {
    importTemplate(document: $document, connectionId: $connectionId) {
      id
    }
  }
`)

export type TemplateVersion = NonNullable<ResultOf<typeof templateVersionsQuery>['template']>['versions'][number]
export type ReadTemplate = ResultOf<typeof readTemplateDocumentQuery>['readTemplateDocument']
