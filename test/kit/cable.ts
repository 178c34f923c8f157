import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A network cable that can be pulled: what connects to its port reaches the target, while it is plugged. */
export interface Cable {
  readonly port: number
  /** All that came back from the target so far. */
  answers(): string
  /** Breaks every connection, and refuses new ones. */
  pull(): void
  plug(): void
  close(): Promise<void>
}

export const layCable = async (targetPort: number): Promise<Cable> => {
  const sockets = new Set<Socket>()
  let isPlugged = true
  let answers = ''
  const server = createServer(near => {
    if (!isPlugged) {
      near.destroy()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    far.on('data', (part: Buffer) => {
      answers += part.toString('latin1')
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const pull = (): void => {
    isPlugged = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    answers: () => answers,
    pull,
    plug: () => {
      isPlugged = true
    },
    close: async () => {
      pull()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
