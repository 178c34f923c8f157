import type { Seeded } from './seeded.ts'
import type { SutModel } from './simulatedSut.ts'

/** When an operation ends that would end at `endMs` if nothing stalled. */
export const stallsOf = (model: Pick<SutModel, 'stalls'>, random: Seeded): ((startMs: number, endMs: number) => number) => {
  if (model.stalls === null) return (_startMs, endMs) => endMs
  const { everyMs, forMs } = model.stalls
  const stalls: number[] = []
  return (startMs, endMs) => {
    let lastMs = stalls.at(-1) ?? 0
    while (lastMs < endMs + everyMs) {
      lastMs += forMs + everyMs * (0.5 + random.fraction())
      stalls.push(lastMs)
    }
    let delayedMs = endMs
    for (const stallMs of stalls) {
      if (stallMs >= delayedMs) break
      const stalledUntilMs = stallMs + forMs
      if (stalledUntilMs > startMs) delayedMs += stalledUntilMs - Math.max(startMs, stallMs)
    }
    return delayedMs
  }
}
