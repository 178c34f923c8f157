import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

export const connectionFields = graphql(`
  fragment ConnectionFields on Connection {
    id
    name
    type
    hasSecret
    isDefault
    templateCount
    createdAt
    updatedAt
    postgres {
      host
      port
      user
      database
      tls
      ca
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

export const setDefaultConnectionMutation = graphql(`
  mutation SetDefaultConnection($id: ID!) {
    setDefaultConnection(id: $id) {
      id
    }
  }
`)

export const connectionTestFields = graphql(`
  fragment ConnectionTestFields on ConnectionTest {
    ok
    roundTripMs
    version
    message
    postgres {
      version
      hasStatementStatistics
      tracksIoTiming
      maxConnections
      connectionsInUse
      isSuperuser
      isReadOnly
      hints
    }
  }
`)

export const testConnectionMutation = graphql(
  `
    mutation TestConnection($id: ID!) {
      testConnection(id: $id) {
        ...ConnectionTestFields
      }
    }
  `,
  [connectionTestFields],
)

export const tryConnectionMutation = graphql(
  `
    mutation TryConnection($input: ConnectionInput!, $id: ID) {
      tryConnection(input: $input, id: $id) {
        ...ConnectionTestFields
      }
    }
  `,
  [connectionTestFields],
)

export type SavedConnection = ResultOf<typeof connectionFields>
export type ConnectionInput = VariablesOf<typeof createConnectionMutation>['input']
export type ConnectionTest = ResultOf<typeof connectionTestFields>
