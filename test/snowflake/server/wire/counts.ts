/** What was asked of the server so far. */
export interface ServerCounts {
  logins: number
  /** Executed: a repeated request is not counted here. */
  statements: number
  /** Requests for the answer of a statement under way. */
  polls: number
  aborts: number
  heartbeats: number
  renewals: number
  closes: number
  /** Requests that a driver sent again. */
  retries: number
}

export const zeroCounts = (): ServerCounts => ({
  logins: 0,
  statements: 0,
  polls: 0,
  aborts: 0,
  heartbeats: 0,
  renewals: 0,
  closes: 0,
  retries: 0,
})
