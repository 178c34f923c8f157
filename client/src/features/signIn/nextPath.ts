/** Where to go after signing in: only ever a page of this console, whatever the address of the sign-in page asks for. */
export const nextPath = (asked: unknown): string =>
  typeof asked === 'string' && /^\/(?![/\\])/.test(asked) && !asked.startsWith('/sign-in') ? asked : '/templates'
