import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

export const connectionFields = graphql(`
  fragment ConnectionFields on Connection {
    id
    name
    type
    hasSecret
    postgres {
      host
      port
      user
      database
      tls
    }
    snowflake {
      account
      user
      role
      authenticator
      accessUrl
      tokenFile
    }
  }
`)

export const connectionListQuery = graphql(
  `
    query ConnectionList {
      connections {
        ...ConnectionFields
      }
    }
  `,
  [connectionFields],
)

export const createConnectionMutation = graphql(`
  mutation CreateConnection($input: ConnectionInput!) {
    createConnection(input: $input) {
      id
    }
  }
`)

export const updateConnectionMutation = graphql(`
  mutation UpdateConnection($id: ID!, $input: ConnectionInput!) {
    updateConnection(id: $id, input: $input) {
      id
    }
  }
`)

export const deleteConnectionMutation = graphql(`
  mutation DeleteConnection($id: ID!) {
    deleteConnection(id: $id)
  }
`)

export const testConnectionMutation = graphql(`
  mutation TestConnection($id: ID!) {
    testConnection(id: $id) {
      ok
      roundTripMs
      version
      message
    }
  }
`)

export type SavedConnection = ResultOf<typeof connectionFields>
export type ConnectionInput = VariablesOf<typeof createConnectionMutation>['input']
export type ConnectionTest = ResultOf<typeof testConnectionMutation>['testConnection']
