const FNV_START = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** Whole numbers from 0 to below `bound`, always the same for the same words. Source of the generator: mulberry32; of the start: FNV-1a. */
export const drawnBy = (words: string): ((bound: number) => number) => {
  let state = FNV_START
  for (let i = 0; i < words.length; i++) state = Math.imul(state ^ words.charCodeAt(i), FNV_PRIME) >>> 0
  return bound => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}
