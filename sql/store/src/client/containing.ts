/** For `LIKE ? ESCAPE '!'` on lower-cased text: whatever contains the search as it stands, in any case; its own `%`, `_` and `!` are just letters. */
export const containing = (search: string): string => `%${search.trim().toLowerCase().replace(/[!%_]/g, '!$&')}%`
