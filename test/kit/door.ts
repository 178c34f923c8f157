import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A door in front of a server, whatever it speaks: bytes pass on as they are. */
export interface Door {
  readonly port: number
  /** What the server sends leaves so much later. */
  setResponseTime(ms: number): void
  /** Ends every connection, and refuses new ones until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  /** From now on no byte passes, and nobody is told: connections stay, new ones are taken, and none of them will ever be answered. Until `pass`. */
  swallow(): void
  /** New connections lead to the server again. */
  pass(): void
  close(): Promise<void>
}

export const openDoor = async (behind: { readonly host: string; readonly port: number }): Promise<Door> => {
  const sockets = new Set<Socket>()
  let responseTimeMs = 0
  let isSwallowing = false
  const dead = new WeakSet<Socket>()
  const server = createServer(near => {
    if (isSwallowing) {
      sockets.add(near)
      near.on('error', () => near.destroy())
      near.on('close', () => sockets.delete(near))
      near.resume()
      return
    }
    const far = connect(behind.port, behind.host)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.setNoDelay(true)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    near.on('data', chunk => !dead.has(near) && far.write(chunk))
    // Timers of the same length fire in their order, so bytes do not overtake each other while the time stays the same.
    far.on('data', chunk => {
      if (dead.has(far)) return
      if (responseTimeMs === 0) near.write(chunk)
      else setTimeout(() => near.writable && near.write(chunk), responseTimeMs)
    })
  })
  const listen = (port: number): Promise<void> => new Promise(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const refuse = async (): Promise<void> => {
    const closed = closedOf(server)
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    port,
    setResponseTime: ms => {
      responseTimeMs = ms
    },
    refuse,
    accept: () => listen(port),
    swallow: () => {
      isSwallowing = true
      for (const socket of sockets) dead.add(socket)
    },
    pass: () => {
      isSwallowing = false
    },
    close: async () => {
      if (server.listening) await refuse()
    },
  }
}

const closedOf = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))
