import { Client, fetchExchange, mapExchange } from '@urql/core'
import { tellTurnedAway } from './admission.ts'
import { explainError } from './serverProblem.ts'

const turnedAwayExchange = mapExchange({
  onError: error => {
    if (explainError(error).code === 'UNAUTHENTICATED') tellTurnedAway()
  },
})

/** Queries and mutations go over HTTP to the origin that served the page; the pages keep their own state, so nothing is cached. */
export const client = new Client({
  url: new URL('/graphql', location.href).href,
  exchanges: [turnedAwayExchange, fetchExchange],
  preferGetMethod: false,
  requestPolicy: 'network-only',
})
