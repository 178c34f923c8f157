import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Refusal } from '../refusal.ts'

const LEAST_LENGTH = 12
const LONGEST = 200

/** log2 of the cost, block size, parallelisation. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const COST = { log2n: 17, r: 8, p: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32

const settle = (password: string): string => password.normalize('NFKC')

/** What is wrong with a password that somebody wants to have; null: nothing. */
export const faultOfPassword = (password: string, name: string): string | null => {
  const settled = settle(password)
  const { length } = [...settled]
  if (length < LEAST_LENGTH || length > LONGEST) return `must have ${LEAST_LENGTH} to ${LONGEST} characters`
  if (settled.trim().toLowerCase() === settle(name).trim().toLowerCase()) return 'must not be the name'
  return null
}

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

const deriveWith = (password: string, salt: Buffer, { log2n, r, p }: typeof COST): Promise<Buffer> =>
  // It takes 128 × N × r bytes, and a little more.
  derive(settle(password), salt, HASH_BYTES, { N: 2 ** log2n, r, p, maxmem: 256 * 2 ** log2n * r })

/** `scrypt$log2(N)$r$p$salt$hash`, both in base64url. */
const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const hash = await deriveWith(password, salt, COST)
  return ['scrypt', COST.log2n, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]+)\$([\w-]+)$/

const isPasswordOf = async (password: string, kept: string): Promise<boolean> => {
  const [, log2n, r, p, salt = '', hash = ''] = FORM.exec(kept) ?? []
  if (log2n === undefined) throw new Error('the hash of a password is in no form that is known')
  const cost = { log2n: Number(log2n), r: Number(r), p: Number(p) }
  const wanted = Buffer.from(hash, 'base64url')
  const found = await deriveWith(password, Buffer.from(salt, 'base64url'), cost)
  return wanted.length === found.length && timingSafeEqual(wanted, found)
}

/** Nobody's: what a password is compared with where there is no such user, so that it takes as long. */
const NOBODYS = `scrypt$${COST.log2n}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** Hashes take a good part of a second and 128 MiB each, so that only few are made at once. */
export interface PasswordWork {
  hash(password: string): Promise<string>
  /** @param kept null: nobody's. It takes as long, and is never right */
  isRight(password: string, kept: string | null): Promise<boolean>
}

const AT_ONCE = 2
const MOST_WAITING = 20

export const openPasswordWork = (): PasswordWork => {
  let underWay = 0
  const waiting: (() => void)[] = []
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING) throw new Refusal('TOO_MANY_REQUESTS', 'Too many people sign in at once: try again in 10 seconds')
      await new Promise<void>(resolve => waiting.push(resolve))
    } else underWay += 1
    try {
      return await work()
    } finally {
      // Whoever waits takes over the place.
      const next = waiting.shift()
      if (next === undefined) underWay -= 1
      else next()
    }
  }
  return {
    hash: password => inTurn(() => hashPassword(password)),
    isRight: async (password, kept) => {
      if ([...settle(password)].length > LONGEST) return false
      const isRight = await inTurn(() => isPasswordOf(password, kept ?? NOBODYS))
      return isRight && kept !== null
    },
  }
}
