/** Names of this machine. A foreign name that leads here (DNS rebinding) would let any web page ask us, so requests under one are refused. */
export const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(hostname)

/** The host name of a Host header, without its port. */
export const hostnameOf = (host: string): string => host.replace(/:\d+$/, '')
