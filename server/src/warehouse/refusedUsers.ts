/** A refused user is locked after about five tries: one a minute never comes to that. */
const HELD_MS = 60_000
const MOST_KEPT = 1_000

export interface RefusedUsers {
  /** What the last sign-in failed with, so shortly before that none is tried now; null: one may be. */
  problemOf(user: string): string | null
  add(user: string, problem: string): void
}

/** Remembers for a minute whose sign-in was refused, where a few more of them would lock the user. @param nowMs a monotonic clock */
export const refusedUsers = (nowMs: () => number): RefusedUsers => {
  const refused = new Map<string, { readonly problem: string; readonly untilMs: number }>()
  return {
    problemOf: user => {
      const known = refused.get(user)
      return known === undefined || known.untilMs <= nowMs() ? null : known.problem
    },
    add: (user, problem) => {
      for (const [other, { untilMs }] of refused) if (untilMs <= nowMs() || refused.size >= MOST_KEPT) refused.delete(other)
      refused.set(user, { problem, untilMs: nowMs() + HELD_MS })
    },
  }
}
