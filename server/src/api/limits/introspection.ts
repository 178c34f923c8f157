import { type DocumentNode, GraphQLError, Kind, visit } from 'graphql'
import type { Actor } from '../../access/actor.ts'

const ABOUT_SCHEMA: ReadonlySet<string> = new Set(['__schema', '__type'])

const asksAboutSchema = (document: DocumentNode): boolean => {
  let asks = false
  visit(document, {
    [Kind.FIELD]: field => {
      if (ABOUT_SCHEMA.has(field.name.value)) asks = true
    },
  })
  return asks
}

/** The schema is told to whoever may ask at all. @throws GraphQLError for somebody who has not signed in */
export const boundIntrospection = (document: DocumentNode, actor: Actor): void => {
  if (actor.method !== 'NOBODY' || !asksAboutSchema(document)) return
  throw new GraphQLError('The schema is told to those who have signed in: sign in first, or send an API token', {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
  })
}
