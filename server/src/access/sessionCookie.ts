import { stringifySetCookie } from 'cookie'

export const SESSION_COOKIE = 'flakebench_session'

const LONGEST_SECONDS = 7 * 86_400

/** No script reads it, and no page of another site has it sent. @param secret null: takes it away */
export const sessionCookie = (secret: string | null, isSecure: boolean): string =>
  stringifySetCookie({
    name: SESSION_COOKIE,
    value: secret ?? '',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    path: '/',
    maxAge: secret === null ? 0 : LONGEST_SECONDS,
  })
