import { isIP } from 'node:net'
import { hostnameOf, isLoopback } from '../api/loopback.ts'

/** Where this server is reached. */
export interface Places {
  /** That it listens on. */
  readonly host: string
  /** The origin that people use (https://bench.example.com), where it is another than that. */
  readonly publicUrl: string | null
  /** The name of this machine. */
  readonly machine: string
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Whether only this machine reaches a server that listens there. */
export const isLocalHost = (host: string): boolean => isLoopback(host) || /^127\.\d+\.\d+\.\d+$/.test(host)

/** Whether others than this machine get here: at the address that it listens on, or through what forwards to it from the one that people open. */
export const isReachedByOthers = ({ host, publicUrl }: Pick<Places, 'host' | 'publicUrl'>): boolean =>
  !isLocalHost(host) || (publicUrl !== null && !isLocalHost(plain(new URL(publicUrl).hostname)))

/** As it stands in an address. */
export const hostInUrl = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host)

const plain = (hostname: string): string => hostname.toLowerCase().replace(/^\[|\]$/g, '')

/**
 * Whether a request names this server. A name that is none of its own leads here by somebody else's doing (DNS rebinding), with whose pages we do not talk; a
 * bare address is nobody's name, so that each is taken where the server listens on all of them.
 * @param host the Host header
 */
export const isHostOf = ({ host: own, publicUrl, machine }: Places, host: string | undefined): boolean => {
  const name = plain(hostnameOf(host ?? ''))
  if (isLoopback(name) || name === plain(own)) return true
  if (publicUrl !== null && name === plain(new URL(publicUrl).hostname)) return true
  if (isLocalHost(own)) return false
  if (isIP(name) !== 0) return WILDCARDS.has(plain(own))
  return name === machine.toLowerCase()
}

/**
 * Whether a page may ask this server: one that came from it, or, where it is asked as this machine, one of this machine (such as Vite's). No origin: no
 * browser's page.
 */
export const isPageOf = (places: Places, origin: string | undefined, host: string | undefined): boolean => {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  if (places.publicUrl !== null && page.origin === new URL(places.publicUrl).origin) return true
  if (!isHostOf(places, host)) return false
  if (isLoopback(hostnameOf(host ?? ''))) return isLoopback(page.hostname)
  return page.host === host?.toLowerCase()
}
