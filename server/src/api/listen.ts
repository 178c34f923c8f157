import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Fault } from '../fault.ts'

/** Files in PEM. */
export interface TlsFiles {
  readonly certificateFile: string
  readonly keyFile: string
}

/** Speaks HTTPS where there is a certificate. @throws Fault when that cannot be used */
export const serverFor = (listener: RequestListener, tls: TlsFiles | null): Server => {
  if (tls === null) return createServer(listener)
  try {
    return createTlsServer({ cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) }, listener)
  } catch (error) {
    throw new Fault(
      `The certificate of FLAKEBENCH_TLS_CERT with the key of FLAKEBENCH_TLS_KEY cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

const portTaken = (port: number): Fault =>
  new Fault(
    `Port ${port} is taken by another program. Stop it, or choose another port: npm start -- --port ${port + 1} (or FLAKEBENCH_PORT=${port + 1}).`,
  )

const FAULTS: Readonly<Record<string, (port: number, host: string) => Fault>> = {
  EADDRINUSE: portTaken,
  EADDRNOTAVAIL: (_port, host) =>
    new Fault(`${host} is no address of this machine: choose another host, such as 0.0.0.0 for all of its own.`),
  ENOTFOUND: (_port, host) => new Fault(`There is no host "${host}": choose another, such as 0.0.0.0 for all addresses of this machine.`),
}

/** @returns the port @throws Fault */
export const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', error => reject(FAULTS[(error as NodeJS.ErrnoException).code ?? '']?.(port, host) ?? error))
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })

/** Refuses a taken port before anything else is set up. @throws Fault */
export const checkPort = async (port: number, host: string): Promise<void> => {
  const probe = createServer()
  await listen(probe, port, host)
  await new Promise(resolve => probe.close(resolve))
}
