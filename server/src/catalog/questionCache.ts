import { type Turns, takeTurns } from '../statements/turns.ts'

/** Bounds of a cache of answers to questions that each take a session with a system under test. */
export interface QuestionLimits {
  readonly keepMs: number
  readonly mostKept: number
  /** Questions of one group under way at once; further ones wait. */
  readonly mostAtOnce: number
  /** Questions of one group that wait; one more is refused. */
  readonly mostWaiting: number
  /** For so long; then they are refused as well. */
  readonly waitMs: number
  readonly nowMs: () => number
}

/** A question among others. */
export interface Question {
  /** Whom it is put to. */
  readonly group: string
  /** What is asked: equal texts are the same question. */
  readonly text: string
  /** Only what is asked from now on will do, whatever is known. */
  readonly isRefresh: boolean
  /** Whoever asks waits no longer. */
  readonly givenUp: AbortSignal
}

export interface QuestionCache {
  /**
   * Equal questions are asked once; failures are told to all who wait and not kept. What was begun before a refresh does not answer it.
   * @param ask gets a signal that nobody waits for it any more
   * @throws TooManyQuestions, NobodyWaits when `givenUp` says so, or what `ask` throws
   */
  answer<T>(question: Question, ask: (givenUp: AbortSignal) => Promise<T>): Promise<T>
}

export class TooManyQuestions extends Error {
  override readonly name = 'TooManyQuestions'
}

export class NobodyWaits extends Error {
  override readonly name = 'NobodyWaits'
}

interface Asked {
  /** The older it is the smaller. */
  readonly order: number
  hasBegun: boolean
  /** Who wait for it. */
  callers: number
  readonly givenUp: AbortController
  readonly answer: Promise<unknown>
}

interface Group {
  readonly turns: Turns
  /** Its questions under way or waiting. */
  asked: number
}

export const questionCache = ({ keepMs, mostKept, mostAtOnce, mostWaiting, waitMs, nowMs }: QuestionLimits): QuestionCache => {
  const kept = new Map<string, { readonly answer: unknown; readonly atMs: number; readonly order: number }>()
  /** The newest of each. */
  const underWay = new Map<string, Asked>()
  const groups = new Map<string, Group>()
  let asked = 0

  const inTurn = async <T>(name: string, givenUp: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const refuse = (): Error => new TooManyQuestions()
    const group = groups.get(name) ?? { turns: takeTurns({ atOnce: mostAtOnce, mostWaiting, waitMs, refuse }), asked: 0 }
    groups.set(name, group)
    group.asked++
    try {
      const end = await group.turns.take(givenUp)
      return await work().finally(end)
    } finally {
      if (--group.asked === 0) groups.delete(name)
    }
  }
  const keep = (key: string, answer: unknown, order: number): void => {
    if ((kept.get(key)?.order ?? 0) > order) return
    kept.delete(key)
    kept.set(key, { answer, atMs: nowMs(), order })
    // The oldest is the first.
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) return
      kept.delete(oldest)
    }
  }
  const forget = (key: string, one: Asked): void => {
    if (underWay.get(key) === one) underWay.delete(key)
  }
  const askAnew = <T>(group: string, key: string, ask: (givenUp: AbortSignal) => Promise<T>): Asked => {
    const givenUp = new AbortController()
    const order = ++asked
    const answer = inTurn(group, givenUp.signal, async () => {
      one.hasBegun = true
      const found = await ask(givenUp.signal)
      keep(key, found, order)
      return found
    }).finally(() => forget(key, one))
    const one: Asked = { order, hasBegun: false, callers: 0, givenUp, answer }
    underWay.set(key, one)
    return one
  }
  const waitFor = (key: string, one: Asked, givenUp: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      one.callers++
      const leave = (): void => {
        if (--one.callers === 0) {
          forget(key, one)
          one.givenUp.abort()
        }
        reject(new NobodyWaits())
      }
      givenUp.addEventListener('abort', leave, { once: true })
      one.answer.then(resolve, reject).finally(() => givenUp.removeEventListener('abort', leave))
    })

  return {
    answer: async <T>({ group, text, isRefresh, givenUp }: Question, ask: (givenUp: AbortSignal) => Promise<T>): Promise<T> => {
      const key = JSON.stringify([group, text])
      const known = kept.get(key)
      if (known !== undefined && !isRefresh && nowMs() - known.atMs < keepMs) return known.answer as T
      if (givenUp.aborted) throw new NobodyWaits()
      const same = underWay.get(key)
      const joined = same === undefined || (isRefresh && same.hasBegun) ? askAnew(group, key, ask) : same
      return (await waitFor(key, joined, givenUp)) as T
    },
  }
}
