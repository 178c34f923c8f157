import type { Role } from '@flakebench/contract'

/** Who asks. OPEN: somebody on this machine, where no sign-in is needed. NOBODY: has not signed in, and must. */
export interface Actor {
  readonly method: 'OPEN' | 'NOBODY' | 'SESSION' | 'TOKEN'
  /** As it stands in the audit log, and with what they make. */
  readonly name: string
  /** Null: may nothing but sign in. */
  readonly role: Role | null
  /** Null but for SESSION, and for TOKENs that are somebody's. */
  readonly userId: string | null
  /** Null but for TOKEN. */
  readonly tokenId: string | null
  /** Of their session or token, unique: what is bounded or shared per client is by it. */
  readonly clientId: string
  readonly expiresAtMs: number | null
}

export const OPEN_ACTOR: Actor = {
  method: 'OPEN',
  name: 'local',
  role: 'ADMIN',
  userId: null,
  tokenId: null,
  clientId: 'local',
  expiresAtMs: null,
}
export const NOBODY: Actor = {
  method: 'NOBODY',
  name: 'nobody',
  role: null,
  userId: null,
  tokenId: null,
  clientId: 'nobody',
  expiresAtMs: null,
}
