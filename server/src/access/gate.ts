import type { IncomingHttpHeaders } from 'node:http'
import type { Actor } from './actor.ts'

/** Lets requests in. The one place that knows cookies, tokens and origins. */
export interface Gate {
  /** @throws Refusal UNAUTHENTICATED for a token that is not right. Without any: OPEN or NOBODY; a cookie whose session has ended counts as none, or nobody could sign in with it again */
  actorOf(headers: IncomingHttpHeaders): Promise<Actor>
  /** The same for a socket; `token`: of its `connectionParams.authorization` ("Bearer …"), where a browser's cookie and headers have none. */
  actorOfSocket(headers: IncomingHttpHeaders, token: string | null): Promise<Actor>
  /**
   * Whether somebody who was let in still may what they might then: a socket is asked about before each operation, and now and then, and closed when not. It counts
   * as no use of their session. What is known is at most a few seconds old; changes made here hold at once.
   */
  isStillGood(actor: Actor): Promise<boolean>
  /** The same of many, with one or two questions for all of them. @returns those who may not any more */
  listEnded(actors: readonly Actor[]): Promise<readonly Actor[]>
  /** @param hear called whenever users, sessions or tokens were changed on this server */
  whenChanged(hear: () => void): void
  /** Whether a browser's page of this origin may ask (none: no browser). @param host the request's Host header */
  isOwnPage(origin: string | undefined, host: string | undefined): boolean
  /** Whether the request names this server, and not a foreign name that leads here. */
  isOwnHost(host: string | undefined): boolean
}
