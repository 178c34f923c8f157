import { graphql, type ResultOf } from '../graphql.ts'

export const viewerQuery = graphql(`
  query Viewer {
    viewer {
      name
      role
      method
      signInRequired
      userId
      sessionExpiresAt
    }
  }
`)

export const signInMutation = graphql(`
  mutation SignIn($name: String!, $password: String!) {
    signIn(name: $name, password: $password) {
      name
      role
      method
      signInRequired
      userId
      sessionExpiresAt
    }
  }
`)

export const signOutMutation = graphql(`
  mutation SignOut {
    signOut {
      signInRequired
    }
  }
`)

export const changePasswordMutation = graphql(`
  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {
    changePassword(currentPassword: $currentPassword, newPassword: $newPassword) {
      name
    }
  }
`)

export type Viewer = ResultOf<typeof viewerQuery>['viewer']
export type Role = NonNullable<Viewer['role']>
