import { setImmediate as nextTurn } from 'node:timers/promises'
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type FormattedExecutionResult } from 'graphql'
import type { Sharing } from './sharing.ts'

/** Whoever is sent what is shared. */
export interface Receiver {
  /** @param payload an ExecutionResult as JSON, and the brace that ends the message it stands in: the same bytes for all */
  send(payload: Buffer): void
  /** Sends what was kept back, whether or not it is still behind. */
  catchUp(): void
}

export interface SharedQuestion extends ExecutionArgs {
  /** All that the answer depends on: document, operation, variables, rights. */
  readonly key: string
  readonly sharing: Sharing
}

export interface Fanout {
  /**
   * Joins those who ask the same. What is iterated never has a value: they are sent to the receiver. It ends with the source.
   * @returns the errors instead, where the source refuses
   */
  join(question: SharedQuestion, receiver: Receiver): Promise<AsyncIterableIterator<never> | ExecutionResult>
  /** Whether somebody asks it already: then it has been checked. */
  has(key: string): boolean
  /** For tests and figures: questions and those who ask them. */
  count(): { readonly questions: number; readonly receivers: number }
}

/** So many are sent to before anything else gets its turn. */
const SENT_AT_ONCE = 250

/** One source, one execution and one serialisation for each update of a question, whatever the number of those who ask. */
export const openFanout = (present: (result: ExecutionResult) => FormattedExecutionResult): Fanout => {
  const streams = new Map<string, Stream>()
  return {
    join: async (question, receiver) => {
      let stream = streams.get(question.key)
      if (stream === undefined) {
        const opened: Stream = new Stream(question, present, () => {
          if (streams.get(question.key) === opened) streams.delete(question.key)
        })
        streams.set(question.key, opened)
        stream = opened
      }
      return await stream.join(receiver)
    },
    has: key => streams.has(key),
    count: () => ({
      questions: streams.size,
      receivers: [...streams.values()].reduce((sum, stream) => sum + stream.members, 0),
    }),
  }
}

type Source = AsyncIterable<unknown> & { return?: () => unknown }

class Stream {
  readonly #members = new Set<Member>()
  readonly #opening: Promise<Source | ExecutionResult>
  #source: (AsyncIterator<unknown> & { return?: () => unknown }) | null = null
  #newest: Buffer | null = null
  #over = false

  constructor(
    private readonly question: SharedQuestion,
    private readonly present: (result: ExecutionResult) => FormattedExecutionResult,
    private readonly onOver: () => void,
  ) {
    this.#opening = createSourceEventStream(question) as Promise<Source | ExecutionResult>
    void this.#run()
  }

  get members(): number {
    return this.#members.size
  }

  async join(receiver: Receiver): Promise<AsyncIterableIterator<never> | ExecutionResult> {
    const member = new Member(receiver, () => {
      this.#members.delete(member)
      if (this.#members.size === 0) this.#close()
    })
    this.#members.add(member)
    const opened = await this.#opening
    if (!isSource(opened)) return opened
    // Those who were there before the first value have been sent it.
    if (this.question.sharing === 'NEWEST' && this.#newest !== null && !member.isTold) member.send(this.#newest)
    return member
  }

  async #run(): Promise<void> {
    try {
      const opened = await this.#opening
      if (!isSource(opened)) return this.#close()
      this.#source = opened[Symbol.asyncIterator]()
      if (this.#over) return void this.#source.return?.()
      for (;;) {
        const { value, done } = await this.#source.next()
        if (done === true || this.#over) break
        await this.#tell(value)
      }
      this.#end(null)
    } catch (error) {
      this.#end(error)
    }
  }

  async #tell(value: unknown): Promise<void> {
    const result = await execute({ ...this.question, rootValue: value })
    const bytes = Buffer.from(`${JSON.stringify(this.present(result))}}`)
    this.#newest = bytes
    let sent = 0
    for (const member of [...this.#members]) {
      if (!this.#members.has(member)) continue
      member.send(bytes)
      if (++sent % SENT_AT_ONCE === 0) await nextTurn()
    }
  }

  #end(error: unknown): void {
    this.#close()
    for (const member of [...this.#members]) member.end(error)
  }

  #close(): void {
    if (this.#over) return
    this.#over = true
    this.onOver()
    void this.#source?.return?.()
  }
}

class Member implements AsyncIterableIterator<never> {
  isTold = false
  #over = false
  #error: unknown = null
  #settle: (() => void) | null = null

  constructor(
    private readonly receiver: Receiver,
    private readonly onLeave: () => void,
  ) {}

  send(bytes: Buffer): void {
    this.isTold = true
    this.receiver.send(bytes)
  }

  end(error: unknown): void {
    this.receiver.catchUp()
    this.#error = error
    this.#over = true
    this.#settle?.()
  }

  async next(): Promise<IteratorResult<never>> {
    if (!this.#over) {
      await new Promise<void>(resolve => {
        this.#settle = resolve
      })
    }
    if (this.#error !== null) throw this.#error
    return { value: undefined, done: true }
  }

  return(): Promise<IteratorResult<never>> {
    this.#over = true
    this.#settle?.()
    this.onLeave()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<never> {
    return this
  }
}

const isSource = (opened: Source | ExecutionResult): opened is Source => Symbol.asyncIterator in opened
