/** What somebody may do: each role may all that those before it may. */
export const ROLES = ['VIEWER', 'OPERATOR', 'AUTHOR', 'ADMIN'] as const
export type RoleName = (typeof ROLES)[number]

export const ROLE_WORDS: Readonly<Record<RoleName, string>> = { VIEWER: 'Viewer', OPERATOR: 'Operator', AUTHOR: 'Author', ADMIN: 'Admin' }

export const ROLE_MEANINGS: Readonly<Record<RoleName, string>> = {
  VIEWER: 'Sees runs, templates and connections.',
  OPERATOR: 'Also starts, stops, tags, imports and deletes runs.',
  AUTHOR: 'Also makes templates, and looks into databases.',
  ADMIN: 'Also keeps connections, users and the audit log.',
}

export const allowsRole = (role: RoleName | null, needed: RoleName): boolean =>
  role !== null && ROLES.indexOf(role) >= ROLES.indexOf(needed)

const withArticle = (role: RoleName): string => `${/^[AO]/.test(role) ? 'an' : 'a'} ${ROLE_WORDS[role].toLowerCase()}`

/** Why somebody cannot do what `needed` may, and who can. */
export const whyRoleIsTooLow = (role: RoleName | null, needed: RoleName): string => {
  if (role === null) return 'Sign in first.'
  const who = needed === 'ADMIN' ? 'an admin' : `${withArticle(needed)} or higher`
  return `You are ${withArticle(role)}: this needs ${who}.`
}
