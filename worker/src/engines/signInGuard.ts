/** A refused user is locked after about five tries, whoever makes them: several workers may each make one in this time. */
const HELD_MS = 60_000
/** So long after a sign-in that succeeded, the next ones are not doubted: those that were asked for together. */
const TRUSTED_MS = 1_000

/** A session was not even asked for, because the sign-in was refused just before. */
export class SignInHeld extends Error {
  override readonly name = 'SignInHeld'
  /** Until one is tried again. */
  readonly leftMs: number
  constructor(leftMs: number, cause: unknown) {
    super('the sign-in was refused just before', { cause })
    this.leftMs = leftMs
  }
}

/** What the sign-in ahead failed with; null: it was let in. */
type Met = { readonly error: unknown } | null

/** @throws SignInHeld, or what `signIn` throws, or what the one ahead of it threw */
export type SignInGuard = <T>(signIn: () => Promise<T>) => Promise<T>

/**
 * For a user that a few refused sign-ins would lock: one goes ahead, and the others follow only when it is let in. After a refusal none is tried for a
 * minute, and then one. Where the one ahead failed on the way, which says nothing of the user, those that wait for it fail like it, and the next that
 * asks goes ahead.
 * @param isRefusal of what `signIn` throws: it was the user, not the way there
 * @param nowMs a monotonic clock
 */
export const guardSignIns = (isRefusal: (error: unknown) => boolean, nowMs: () => number): SignInGuard => {
  let trustedUntilMs = Number.NEGATIVE_INFINITY
  let heldUntilMs = Number.NEGATIVE_INFINITY
  let refusal: unknown = null
  let ahead: Promise<Met> | null = null

  const tryNow = async <T>(signIn: () => Promise<T>): Promise<T> => {
    try {
      const session = await signIn()
      trustedUntilMs = nowMs() + TRUSTED_MS
      return session
    } catch (error) {
      if (isRefusal(error)) {
        refusal = error
        heldUntilMs = nowMs() + HELD_MS
        trustedUntilMs = Number.NEGATIVE_INFINITY
      }
      throw error
    }
  }
  const requireNotHeld = (): void => {
    const leftMs = heldUntilMs - nowMs()
    if (leftMs > 0) throw new SignInHeld(leftMs, refusal)
  }

  return async signIn => {
    while (true) {
      requireNotHeld()
      if (nowMs() < trustedUntilMs) return tryNow(signIn)
      if (ahead === null) break
      const met = await ahead
      if (met !== null && !isRefusal(met.error)) throw met.error
    }
    const going = tryNow(signIn)
    const ended = (met: Met): Met => {
      ahead = null
      return met
    }
    ahead = going.then(
      () => ended(null),
      (error: unknown) => ended({ error }),
    )
    return going
  }
}
