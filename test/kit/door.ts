import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A door in front of a server, whatever it speaks: bytes pass on as they are. */
export interface Door {
  readonly port: number
  /** What the server sends leaves so much later. */
  setResponseTime(ms: number): void
  /** Ends every connection, and refuses new ones until `accept`. */
  refuse(): Promise<void>
  accept(): Promise<void>
  close(): Promise<void>
}

export const openDoor = async (behind: { readonly host: string; readonly port: number }): Promise<Door> => {
  const sockets = new Set<Socket>()
  let responseTimeMs = 0
  const server = createServer(near => {
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
    near.on('data', chunk => far.write(chunk))
    // Timers of the same length fire in their order, so bytes do not overtake each other while the time stays the same.
    far.on('data', chunk => {
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
    close: async () => {
      if (server.listening) await refuse()
    },
  }
}

const closedOf = (server: Server): Promise<void> => new Promise(resolve => server.close(() => resolve()))
