import type { IncomingMessage } from 'node:http'
import type { Role } from '@flakebench/contract'
import { ControlDatabaseUnavailable } from '@flakebench/store'
import type { RequestHandler } from 'express'
import { GraphQLError } from 'graphql'
import { type Actor, NOBODY } from '../access/actor.ts'
import { decideAccess } from '../access/decideAccess.ts'
import type { Gate } from '../access/gate.ts'
import type { Log } from '../log.ts'
import { Refusal } from '../refusal.ts'
import { presentError } from './presentError.ts'

/** Who a request comes from. */
export interface Admitted {
  readonly actor: Actor
  /** What kept us from finding out; null: nothing did. */
  readonly unknownBecause: unknown
}

/** Lets requests of this server's own pages, and of programs, through, and finds out whose they are before anything of them is read. */
export const admission = (
  gate: Gate,
  log: Log,
): { readonly admit: RequestHandler; readonly admitted: (request: IncomingMessage) => Admitted } => {
  const known = new WeakMap<IncomingMessage, Admitted>()
  const admit: RequestHandler = async (request, response, next) => {
    const refuse = (status: number, error: unknown): void => {
      const asGraphql = new GraphQLError('', { originalError: error as Error })
      response.status(status).json({ errors: [presentError(asGraphql, log)] })
    }
    if (!gate.isOwnPage(request.headers.origin, request.headers.host)) {
      return refuse(403, new Refusal('FORBIDDEN', 'Only pages of this server may ask it; see FLAKEBENCH_PUBLIC_URL'))
    }
    try {
      known.set(request, { actor: await gate.actorOf(request.headers), unknownBecause: null })
    } catch (error) {
      if (error instanceof Refusal) return refuse(401, error)
      if (!(error instanceof ControlDatabaseUnavailable)) return refuse(500, error)
      // Nobody gets in; but what is told to everybody is told.
      known.set(request, { actor: NOBODY, unknownBecause: error })
    }
    next()
  }
  return { admit, admitted: request => known.get(request) ?? { actor: NOBODY, unknownBecause: null } }
}

/** The same for what is no GraphQL: only those of a role get past. */
export const onlyFor =
  (needed: Role, gate: Gate): RequestHandler =>
  async (request, response, next) => {
    const refuse = (status: number, error: string): void => void response.set('Connection', 'close').status(status).json({ error })
    if (!gate.isOwnPage(request.headers.origin, request.headers.host)) return refuse(403, 'Only a page of this server may ask for this.')
    try {
      const refusal = decideAccess(needed, await gate.actorOf(request.headers))
      if (refusal === null) return next()
      refuse(refusal.code === 'UNAUTHENTICATED' ? 401 : 403, `${refusal.message}.`)
    } catch (error) {
      if (error instanceof Refusal) return refuse(401, `${error.message}.`)
      if (error instanceof ControlDatabaseUnavailable) return refuse(503, 'The control database does not answer; try again in a moment.')
      next(error)
    }
  }
