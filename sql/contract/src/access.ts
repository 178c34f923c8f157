/** What somebody may do: each role may all that those before it may. */
export const ROLES = ['VIEWER', 'OPERATOR', 'AUTHOR', 'ADMIN'] as const
/** VIEWER reads. OPERATOR drives runs. AUTHOR makes templates, and looks into databases for it. ADMIN keeps connections, users and tokens. */
export type Role = (typeof ROLES)[number]

/** Whether a role may what `needed` may. */
export const allows = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

/** The lesser of two. */
export const lesserRole = (a: Role, b: Role): Role => (allows(a, b) ? b : a)

export const AUDIT_OUTCOMES = ['DONE', 'REFUSED', 'FAILED'] as const
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]
