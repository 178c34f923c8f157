import { SECRETS } from './secretSearch.ts'

export interface GraphqlError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: { readonly code: string; readonly problems?: readonly { readonly path: string; readonly message: string }[] }
}

export interface GraphqlAnswer<T> {
  readonly data?: T | null
  readonly errors?: readonly GraphqlError[]
}

/** Asks over HTTP; takes what comes, errors and all. @param url of the server */
export const ask = async <T>(url: string, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<GraphqlAnswer<T>> => {
  SECRETS.noteVariables(variables)
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const answer = await response.text()
  SECRETS.lookInAnswer(answer)
  return JSON.parse(answer) as GraphqlAnswer<T>
}

/** Asks for data. @throws what the server answers instead */
export const graphql = async <T>(url: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<T> => {
  const { data, errors } = await ask<T>(url, query, variables)
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors ?? 'no data'))
  return data
}

/** The one error that a request is refused with. @throws when it is not refused */
export const refusalOf = async (url: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlError> => {
  const { data, errors } = await ask(url, query, variables)
  if (errors?.length !== 1) throw new Error(`not refused: ${JSON.stringify({ data, errors })}`)
  return errors[0] as GraphqlError
}
