import { Buffer } from 'node:buffer'
import net from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'

const CANCEL_REQUEST_CODE = 80_877_102
const LENGTH = 16
const TLS_REQUEST_CODE = 80_877_103
const TLS_REQUEST_LENGTH = 8
const TLS_GRANTED = 'S'.charCodeAt(0)
const GIVE_UP_MS = 2_000

/** Where a session's server is, and how it is spoken to. */
export interface CancelAddress {
  readonly host: string
  readonly port: number
  /** Null: without TLS. */
  readonly tls: ConnectionOptions | null
}

/**
 * Asks the server to give up what a session is doing: a connection of its own that sends one message and is closed, over TLS where the session is:
 * its cancel key is for the server alone. Nothing is answered, so failures are silent here: whoever asks has a deadline of its own.
 * Form: PostgreSQL manual, "Message Formats", CancelRequest and SSLRequest.
 */
export const sendCancelRequest = ({ host, port, tls }: CancelAddress, processId: number, secretKey: number): void => {
  const message = Buffer.alloc(LENGTH)
  message.writeInt32BE(LENGTH, 0)
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4)
  message.writeInt32BE(processId, 8)
  message.writeInt32BE(secretKey, 12)
  const socket = net.connect(port, host, () => (tls === null ? socket.end(message) : askForTls(socket, tls, message)))
  socket.setTimeout(GIVE_UP_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  // The server closes without a word; what it might say is of no use.
  if (tls === null) socket.resume()
}

const askForTls = (socket: net.Socket, tls: ConnectionOptions, message: Buffer): void => {
  const request = Buffer.alloc(TLS_REQUEST_LENGTH)
  request.writeInt32BE(TLS_REQUEST_LENGTH, 0)
  request.writeInt32BE(TLS_REQUEST_CODE, 4)
  socket.once('data', answer => {
    if (answer[0] !== TLS_GRANTED || answer.length !== 1) {
      socket.destroy()
      return
    }
    const secured = connectTls({ ...tls, socket }, () => secured.end(message))
    secured.on('error', () => socket.destroy())
    secured.resume()
  })
  socket.write(request)
}
