import { randomInt } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** Below the range from which systems lend ports to outgoing connections, so that a port is likely free again after a restart. */
const LOWEST = 20_000
const HIGHEST = 30_000
const TRIES = 20

/** Binds the port (0: any) for a moment; the port that was free, or undefined. */
const tryPort = (port: number): Promise<number | undefined> =>
  new Promise(resolve => {
    const probe = createServer()
    probe.on('error', () => resolve(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })

/** A port that is free on 127.0.0.1: the preferred one if it can be had. */
export const chooseFreePort = async (preferred: number | undefined): Promise<number> => {
  if (preferred && (await tryPort(preferred))) return preferred
  for (let tries = 0; tries < TRIES; tries++) {
    const port = await tryPort(randomInt(LOWEST, HIGHEST))
    if (port) return port
  }
  const lent = await tryPort(0)
  if (lent) return lent
  throw new Error('No TCP port is free on 127.0.0.1.')
}

/** The port that the cluster had last, kept so that saved connections stay valid. */
export const readLastPort = (path: string): number | undefined => {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}

export const writeLastPort = (path: string, port: number): void => {
  writeFileSync(`${path}.new`, `${port}\n`)
  renameSync(`${path}.new`, path)
}
