import { hostInUrl, isLocalHost, isReachedByOthers } from './access/places.ts'
import type { ServerConfig } from './config.ts'

type Reached = Pick<ServerConfig, 'host' | 'publicUrl' | 'tls'>

/** Whether what people send travels encrypted. */
export const isSecure = ({ publicUrl, tls }: Reached): boolean => tls !== null || publicUrl?.startsWith('https:') === true

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Where this machine reaches it. */
export const ownAddress = ({ host, tls }: Reached, port: number): string => {
  const name = isLocalHost(host) || EVERYWHERE.has(host) ? 'localhost' : hostInUrl(host)
  return `${tls === null ? 'http' : 'https'}://${name}:${port}`
}

/** For the person who has started it. */
export const addressInWords = (reached: Reached, port: number): string => {
  const more = reached.publicUrl === null ? '' : `, for others ${reached.publicUrl}`
  const everywhere = EVERYWHERE.has(reached.host) && more === '' ? ', and under each address of this machine' : ''
  return `${ownAddress(reached, port)}${more}${everywhere}`
}

/** What is amiss with how others reach it; null: nothing. */
export const warningOf = (reached: Reached): string | null =>
  !isReachedByOthers(reached) || isSecure(reached)
    ? null
    : 'passwords travel unencrypted: give it a certificate (FLAKEBENCH_TLS_CERT, FLAKEBENCH_TLS_KEY), or put a proxy with HTTPS before it and name that in FLAKEBENCH_PUBLIC_URL'
