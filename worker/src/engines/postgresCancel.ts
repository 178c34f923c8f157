import { Buffer } from 'node:buffer'
import net from 'node:net'

const CANCEL_REQUEST_CODE = 80_877_102
const LENGTH = 16
const GIVE_UP_MS = 2_000

/**
 * Asks the server to give up what a session is doing: a connection of its own that sends one message and is closed. Without TLS, as the server expects
 * of it; it holds no data but the session's cancel key. Nothing is answered, so failures are silent here: whoever asks has a deadline of its own.
 * Form: PostgreSQL manual, "Message Formats", CancelRequest.
 */
export const sendCancelRequest = (host: string, port: number, processId: number, secretKey: number): void => {
  const message = Buffer.alloc(LENGTH)
  message.writeInt32BE(LENGTH, 0)
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4)
  message.writeInt32BE(processId, 8)
  message.writeInt32BE(secretKey, 12)
  const socket = net.connect(port, host, () => socket.end(message))
  socket.setTimeout(GIVE_UP_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  // The server closes without a word; what it might say is of no use.
  socket.resume()
}
