import { allows } from '@flakebench/contract'
import { Refusal } from '../refusal.ts'
import type { Actor } from './actor.ts'
import type { Rule } from './rules.ts'

/** Why somebody may not; null: they may. */
export const decideAccess = (rule: Rule, { role }: Pick<Actor, 'role'>): Refusal | null => {
  if (rule === 'ANYBODY') return null
  if (role === null) return new Refusal('UNAUTHENTICATED', 'Sign in first; a script shows its token instead: Authorization: Bearer …')
  if (rule === 'SIGNED_IN' || allows(role, rule)) return null
  return new Refusal('FORBIDDEN', `This needs the role ${rule}, and yours is ${role}: ask an admin for it`)
}
