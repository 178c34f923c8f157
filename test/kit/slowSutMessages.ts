/** One message of the PostgreSQL protocol; the type is the empty text for the first ones of a client, which have none. */
export interface Message {
  readonly type: string
  readonly body: Buffer
  /** How many of the bytes that were read until now come after this message. */
  readonly bytesAfter: number
}

const LENGTH_BYTES = 4
const SSL_REQUEST = 80_877_103
const CANCEL_REQUEST = 80_877_102
const CODE_BYTES = 4

/** Cuts a stream of bytes into messages. Source of the form: PostgreSQL manual, "Message Formats". */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0)
  #isTyped: boolean

  /** @param isTyped false for what a client sends: its messages have a type from the one after its start-up message on */
  constructor(isTyped: boolean) {
    this.#isTyped = isTyped
  }

  read(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: Message[] = []
    for (;;) {
      const typeBytes = this.#isTyped ? 1 : 0
      if (this.#rest.length < typeBytes + LENGTH_BYTES) return messages
      const end = typeBytes + this.#rest.readInt32BE(typeBytes)
      if (this.#rest.length < end) return messages
      const type = this.#isTyped ? String.fromCharCode(this.#rest[0] as number) : ''
      const body = this.#rest.subarray(typeBytes + LENGTH_BYTES, end)
      this.#rest = this.#rest.subarray(end)
      messages.push({ type, body, bytesAfter: this.#rest.length })
      if (type === '' && isStartUp(body)) this.#isTyped = true
    }
  }
}

const isStartUp = (body: Buffer): boolean => ![SSL_REQUEST, CANCEL_REQUEST].includes(body.readInt32BE(0))

/** The application name in a start-up message; null where it is none, or names none. */
export const applicationNameOf = ({ type, body }: Message): string | null => {
  if (type !== '' || !isStartUp(body)) return null
  const words = body.toString('utf8', CODE_BYTES).split('\0')
  const at = words.findIndex((word, i) => i % 2 === 0 && word === 'application_name')
  return at < 0 ? null : (words[at + 1] ?? null)
}

/** What a Bind message executes: the name of the statement, and its values as text; null stands for NULL. */
export const readBind = ({ body }: Message): { readonly statement: string; readonly values: readonly (string | null)[] } => {
  const portalEnd = body.indexOf(0)
  const nameEnd = body.indexOf(0, portalEnd + 1)
  const statement = body.toString('utf8', portalEnd + 1, nameEnd)
  let at = nameEnd + 1
  at += 2 + 2 * body.readInt16BE(at)
  const count = body.readInt16BE(at)
  at += 2
  const values: (string | null)[] = []
  for (let i = 0; i < count; i++) {
    const length = body.readInt32BE(at)
    at += LENGTH_BYTES
    values.push(length < 0 ? null : body.toString('utf8', at, at + length))
    at += Math.max(length, 0)
  }
  return { statement, values }
}
