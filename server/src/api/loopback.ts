/** Names of this machine. A foreign name that leads here (DNS rebinding) would let any web page ask us, so requests under one are refused. */
export const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(hostname)

/** A browser says which page sends a request or opens a socket: only one of this machine may (ours, or Vite's). Programs that are no browsers say none. */
export const isOwnPage = (origin: string | undefined): boolean => {
  if (origin === undefined) return true
  try {
    return isLoopback(new URL(origin).hostname)
  } catch {
    return false
  }
}

/** The host name of a Host header, without its port. */
export const hostnameOf = (host: string): string => host.replace(/:\d+$/, '')
