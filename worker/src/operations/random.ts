/** A stream of pseudo-random numbers that follows from its seed alone. */
export interface Random {
  /** Whole, 0 to 2^32 − 1. */
  word(): number
  /** Whole, 0 to `n` − 1, all alike; `n` up to 2^53. */
  below(n: number): number
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
const MIXING_ROUNDS = 12
const WORD = 2 ** 32

/** FNV-1a over the text, then the finishing steps of MurmurHash3, so that texts that differ in one character give unrelated numbers. */
export const hashOf = (text: string, salt = 0): number => {
  let hash = FNV_OFFSET ^ salt
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * The stream of one worker for one purpose: the same seed, group and purpose give the same numbers, and any other gives unrelated ones, so that no
 * two workers walk in step. Generator: sfc32 (Doty-Humphrey's PractRand), 128 bits of state.
 */
export const seededRandom = (seed: number, workerGroupId: number, purpose: string): Random => {
  const name = `${seed}/${workerGroupId}/${purpose}`
  let a = hashOf(name, 1)
  let b = hashOf(name, 2)
  let c = hashOf(name, 3)
  let counter = 1
  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < MIXING_ROUNDS; i++) word()
  const below = (n: number): number =>
    n <= WORD ? Math.floor((word() / WORD) * n) : Math.floor((((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53) * n)
  return { word, below }
}
