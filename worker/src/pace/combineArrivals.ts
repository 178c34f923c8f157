import type { OwnArrivals } from '@flakebench/contract'

const NEVER = Number.POSITIVE_INFINITY

/** One that was read already, then the rest. */
export const startingWith = (firstMs: number, rest: OwnArrivals): OwnArrivals => {
  let isFirst = true
  return {
    next: () => {
      if (!isFirst) return rest.next()
      isFirst = false
      return firstMs
    },
  }
}

/** Those before the offset. */
export const arrivalsBefore = (endMs: number, all: OwnArrivals): OwnArrivals => {
  let hasEnded = false
  return {
    next: () => {
      const atMs = hasEnded ? NEVER : all.next()
      hasEnded = !(atMs < endMs)
      return hasEnded ? NEVER : atMs
    },
  }
}

/** Those that are in both: the same arrival has exactly the same moment, whoever reads it. */
export const arrivalsInBoth = (one: OwnArrivals, other: OwnArrivals): OwnArrivals => ({
  next: () => {
    let a = one.next()
    let b = other.next()
    while (a !== b && a < NEVER && b < NEVER) {
      if (a < b) a = one.next()
      else b = other.next()
    }
    return Math.max(a, b)
  },
})

/** First the one, then the other. */
export const arrivalsAfter = (first: OwnArrivals, then: OwnArrivals): OwnArrivals => {
  let isFirst = true
  return {
    next: () => {
      const atMs = isFirst ? first.next() : NEVER
      isFirst = atMs < NEVER
      return isFirst ? atMs : then.next()
    },
  }
}
