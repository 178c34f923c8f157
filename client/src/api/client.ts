import { Client, fetchExchange } from '@urql/core'

/** Queries and mutations go over HTTP to the origin that served the page; the pages keep their own state, so nothing is cached. */
export const client = new Client({
  url: new URL('/graphql', location.href).href,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  requestPolicy: 'network-only',
})
