import { graphql, type ResultOf, type VariablesOf } from '../graphql.ts'

export const serverSettingsQuery = graphql(`
  query ServerSettings {
    serverSettings {
      version
      nodeVersion
      controlDatabase
      controlEngine
      home
      host
      port
      keepExecutionsDays
      keepAuditDays
      spoolLimitMb
      bundleLimitMb
      startedAt
      credentialKeySource
    }
  }
`)

export const userFields = graphql(`
  fragment UserFields on User {
    id
    name
    role
    isDisabled
    createdAt
    lastSignInAt
  }
`)

export const usersQuery = graphql(
  `
    query Users {
      users {
        ...UserFields
      }
    }
  `,
  [userFields],
)

export const createUserMutation = graphql(`
  mutation CreateUser($input: UserInput!) {
    createUser(input: $input) {
      id
    }
  }
`)

export const updateUserMutation = graphql(`
  mutation UpdateUser($id: ID!, $input: UserInput!) {
    updateUser(id: $id, input: $input) {
      id
    }
  }
`)

export const deleteUserMutation = graphql(`
  mutation DeleteUser($id: ID!) {
    deleteUser(id: $id)
  }
`)

export const apiTokenFields = graphql(`
  fragment ApiTokenFields on ApiToken {
    id
    name
    role
    ownerName
    createdAt
    expiresAt
    lastUsedAt
    revokedAt
  }
`)

export const apiTokensQuery = graphql(
  `
    query ApiTokens {
      apiTokens {
        ...ApiTokenFields
      }
    }
  `,
  [apiTokenFields],
)

export const createApiTokenMutation = graphql(`
  mutation CreateApiToken($input: ApiTokenInput!) {
    createApiToken(input: $input) {
      token {
        id
      }
      text
    }
  }
`)

export const revokeApiTokenMutation = graphql(`
  mutation RevokeApiToken($id: ID!) {
    revokeApiToken(id: $id) {
      id
    }
  }
`)

export const auditLogQuery = graphql(`
  query AuditLog($first: Int!, $after: String, $filter: AuditFilter) {
    auditLog(first: $first, after: $after, filter: $filter) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        cursor
        node {
          id
          at
          actor
          action
          subjectId
          outcome
          detail
        }
      }
    }
  }
`)

export type ServerSettings = ResultOf<typeof serverSettingsQuery>['serverSettings']
export type User = ResultOf<typeof userFields>
export type ApiToken = ResultOf<typeof apiTokenFields>
export type AuditEntry = ResultOf<typeof auditLogQuery>['auditLog']['edges'][number]['node']
export type AuditFilter = NonNullable<VariablesOf<typeof auditLogQuery>['filter']>
export type UserInput = VariablesOf<typeof createUserMutation>['input']
