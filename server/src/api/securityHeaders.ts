/** What the console's pages may load and who may frame them: sent with each of its files. Styles come in files or by script, never as elements. */
export const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const
