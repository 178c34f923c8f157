import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import { hostInUrl } from '../access/places.ts'

/** Where workers push to. */
export interface PushPlace {
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
/** Of servers that listen everywhere, what workers on this machine reach. */
const OF_WILDCARD: Readonly<Record<string, string>> = { '0.0.0.0': LOOPBACK, '::': '::1' }

/**
 * Where the workers of this server's runs reach it. Under HTTPS that is a listener of its own, which this machine alone reaches and which takes nothing but
 * reports: a certificate is made out for the name that people use, and workers would have to be given that name and the authority to check it by.
 */
export const openPushPlace = async (
  { host, port, isTls }: { readonly host: string; readonly port: number; readonly isTls: boolean },
  reports: RequestHandler,
): Promise<PushPlace> => {
  if (!isTls) return { url: `http://${hostInUrl(OF_WILDCARD[host] ?? host)}:${port}`, close: async () => undefined }
  const app = express()
  app.disable('x-powered-by')
  app.use(reports)
  const server = createServer(app)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
