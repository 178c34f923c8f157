/** One that tells, and any number that follow from when they came. */
export interface Feed<Told> {
  readonly tell: (told: Told) => void
  /** First `before`, then what `look` makes of each thing that is told; null is passed over. */
  readonly follow: <Seen>(look: (told: Told) => Seen | null, before?: readonly Seen[]) => AsyncGenerator<Seen>
  readonly end: () => void
}

export const openFeed = <Told>(): Feed<Told> => {
  const wakes = new Set<(told: Told | null) => void>()
  return {
    tell: told => {
      for (const wake of wakes) wake(told)
    },
    end: () => {
      for (const wake of wakes) wake(null)
    },
    follow: <Seen>(look: (told: Told) => Seen | null, before: readonly Seen[] = []): AsyncGenerator<Seen> => {
      const waiting: Seen[] = [...before]
      let isOver = false
      let wakeUp = (): void => {}
      const hear = (told: Told | null): void => {
        const seen = told === null ? null : look(told)
        if (told === null) isOver = true
        if (seen !== null) waiting.push(seen)
        wakeUp()
      }
      const stop = (): void => {
        isOver = true
        wakes.delete(hear)
        wakeUp()
      }
      wakes.add(hear)
      const next = async (): Promise<IteratorResult<Seen>> => {
        for (;;) {
          const value = waiting.shift()
          if (value !== undefined) return { done: false, value }
          if (isOver) return { done: true, value: undefined }
          await new Promise<void>(resolve => {
            wakeUp = resolve
          })
        }
      }
      const generator: AsyncGenerator<Seen> = {
        next,
        return: async () => {
          stop()
          return { done: true, value: undefined }
        },
        throw: async error => {
          stop()
          throw error
        },
        [Symbol.asyncIterator]: () => generator,
      }
      return generator
    },
  }
}
