import { isLoopback } from '../loopback.ts'
import { type Find, given, LONGEST_TEXT, quoted, readText } from './given.ts'

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i
const OWN_FIELDS = 'put user and password into the fields of their own'

/** An address with the account in it, such as that of a browser; null: it is none. One without https:// counts. */
const addressIn = (text: string): URL | null => {
  const address = HAS_SCHEME.test(text) ? text : `https://${text}`
  return /^https?:/i.test(address) && URL.canParse(address) ? new URL(address) : null
}

/** The account that Snowflake's own address names; null: it is another address. */
const accountOf = ({ hostname, pathname }: URL): string | null => {
  const [, organisation = '', account = ''] = pathname.split('/')
  // Elsewhere in this place stands a region.
  if (hostname === 'app.snowflake.com' && /^[a-z0-9]+$/i.test(organisation) && account !== '') return `${organisation}-${account}`
  return /^(.+)\.snowflakecomputing\.(com|cn)$/.exec(hostname)?.[1] ?? null
}

const PRIVATE = '.privatelink'

const adviceFor = (text: string): string => {
  const url = addressIn(text)
  // Of one that holds a password nothing is said back.
  if (text.includes('@') || (url === null && HAS_SCHEME.test(text))) return `: ${OWN_FIELDS}`
  const account = url === null ? null : accountOf(url)
  if (account?.endsWith(PRIVATE)) return `: write "${account.slice(0, -PRIVATE.length)}", and put the address into snowflake.accessUrl`
  if (account !== null) return `: write "${account}"`
  return HAS_SCHEME.test(text) ? ': put an address into snowflake.accessUrl' : quoted(text)
}

export const readAccount = (text: string, find: Find): string => {
  const account = readText('snowflake.account', text, LONGEST_TEXT, find)
  if (account !== '' && (!/^[A-Za-z0-9._-]+$/.test(account) || /snowflakecomputing/i.test(account))) {
    find(
      'snowflake.account',
      `must be the account alone, as ORGANISATION-ACCOUNT, without https:// and .snowflakecomputing.com${adviceFor(account)}`,
    )
  }
  return account
}

/** Of one that begins with http:// as it should not, that much may be said. */
const quotedUrl = (url: string): string => quoted(url.replace(/^https?:\/\//i, '')) && `; it is "${url}"`

/** @returns the origin of an address; null: the account's own */
export const readAccessUrl = (text: string | null | undefined, find: Find): string | null => {
  const url = given(text) === null ? null : readText('snowflake.accessUrl', text, LONGEST_TEXT, find)
  if (url === null) return null
  const parsed = URL.canParse(url) ? new URL(url) : null
  const isSafe = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname))
  const isOther = /^(jdbc:|[a-z]+:\/\/)/i.test(url) && !/^https?:/i.test(url)
  if (isOther)
    find('snowflake.accessUrl', `must be an address that begins with https://: put the account into snowflake.account, and ${OWN_FIELDS}`)
  else if (parsed === null || !isSafe)
    find('snowflake.accessUrl', `must be an address that begins with https:// (http:// on this machine only)${quotedUrl(url)}`)
  else if (parsed.username !== '' || parsed.password !== '') find('snowflake.accessUrl', `must hold no user and no password: ${OWN_FIELDS}`)
  else if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '')
    find('snowflake.accessUrl', `must end after host and port: write "${parsed.origin}"`)
  return parsed === null ? url : parsed.origin
}
