/** Bounds of a cache of answers to questions that each take a session with a system under test. */
export interface QuestionLimits {
  readonly keepMs: number
  readonly mostKept: number
  /** Questions of one group under way at once; further ones wait. */
  readonly mostAtOnce: number
  /** Questions of one group that wait; one more is refused. */
  readonly mostWaiting: number
  readonly nowMs: () => number
}

/** A question among others. */
export interface Question {
  /** Whom it is put to. */
  readonly group: string
  /** What is asked: equal texts are the same question. */
  readonly text: string
  /** Ask anew, whatever is known. */
  readonly isRefresh: boolean
}

export interface QuestionCache {
  /** Equal questions under way are asked once; failures are told to all who wait and not kept. @throws TooManyQuestions, or what `ask` throws */
  answer<T>(question: Question, ask: () => Promise<T>): Promise<T>
}

export class TooManyQuestions extends Error {
  override readonly name = 'TooManyQuestions'
}

interface Group {
  active: number
  readonly waiting: (() => void)[]
}

export const questionCache = ({ keepMs, mostKept, mostAtOnce, mostWaiting, nowMs }: QuestionLimits): QuestionCache => {
  const kept = new Map<string, { readonly answer: unknown; readonly atMs: number }>()
  const underWay = new Map<string, Promise<unknown>>()
  const groups = new Map<string, Group>()

  const enter = async (name: string): Promise<() => void> => {
    const group = groups.get(name) ?? { active: 0, waiting: [] }
    groups.set(name, group)
    if (group.active < mostAtOnce) group.active++
    else {
      if (group.waiting.length >= mostWaiting) throw new TooManyQuestions()
      // Whoever leaves hands its place over.
      await new Promise<void>(resolve => group.waiting.push(resolve))
    }
    return () => {
      const next = group.waiting.shift()
      if (next !== undefined) next()
      else if (--group.active === 0) groups.delete(name)
    }
  }
  const keep = (key: string, answer: unknown): void => {
    kept.delete(key)
    kept.set(key, { answer, atMs: nowMs() })
    // The oldest is the first.
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) return
      kept.delete(oldest)
    }
  }
  const askAnew = async <T>(group: string, key: string, ask: () => Promise<T>): Promise<T> => {
    const leave = await enter(group)
    try {
      const answer = await ask()
      keep(key, answer)
      return answer
    } finally {
      leave()
    }
  }

  return {
    answer: async <T>({ group, text, isRefresh }: Question, ask: () => Promise<T>): Promise<T> => {
      const key = JSON.stringify([group, text])
      const known = kept.get(key)
      if (known !== undefined && !isRefresh && nowMs() - known.atMs < keepMs) return known.answer as T
      const same = underWay.get(key)
      if (same !== undefined) return (await same) as T
      const asked = askAnew(group, key, ask).finally(() => underWay.delete(key))
      underWay.set(key, asked)
      return await asked
    },
  }
}
