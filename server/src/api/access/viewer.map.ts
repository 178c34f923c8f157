import type { Actor } from '../../access/actor.ts'
import type { ApiContext } from '../context.ts'
import type { Viewer } from './viewer.type.ts'

export const toViewer = async ({ method, name, role, userId, expiresAtMs }: Actor, { access }: ApiContext): Promise<Viewer> => {
  const isPerson = method === 'SESSION' || method === 'TOKEN'
  return {
    name: isPerson ? name : null,
    role,
    method: isPerson ? method : 'NONE',
    signInRequired: await access.isSignInRequired(),
    userId: method === 'SESSION' ? userId : null,
    sessionExpiresAt: method === 'SESSION' && expiresAtMs !== null ? new Date(expiresAtMs) : null,
  }
}
