import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './generated/graphql-env.d.ts'

/** Types a GraphQL document by schema.graphql. A DateTime is an ISO 8601 string of the database clock. */
export const graphql = initGraphQLTada<{
  introspection: introspection
  disableMasking: true
  scalars: { ID: string; DateTime: string; JSON: unknown }
}>()

export type { ResultOf, VariablesOf } from 'gql.tada'
