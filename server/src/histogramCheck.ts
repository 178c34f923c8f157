import { inflateSync } from 'node:zlib'
import { type EncodedHistogram, LONGEST_NS } from '@flakebench/contract'
import { type Check, COUNT, NUMBER, objectOf, TEXT } from './shapeChecks.ts'

const COMPRESSED_COOKIE = 0x1c849314
const PLAIN_COOKIE = 0x1c849313
const PACKED_HEAD = 8
const HEAD = 40
const DIGITS = 3
/** Of a form with three digits up to an hour: halves of 1,024 counts, as many as it takes to double 2,048 ns beyond it, and the first. */
const MOST_COUNTS = 1_024 * (Math.floor(Math.log2(LONGEST_NS / 2_048)) + 3)
const BYTES_PER_COUNT = 9
const LARGEST_COUNT = 2 ** 32 - 1
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

const FIELDS = objectOf({ count: COUNT, sumNs: NUMBER, minNs: NUMBER, maxNs: NUMBER, hdr: TEXT })

/**
 * A histogram that came from elsewhere, before it is decoded: in the WebAssembly memory that the figures of all runs live in, one that is no histogram of
 * ours would take the place of theirs, or end them. It is unpacked no further than ours go, and must have their head, no bucket that they lack, and as many
 * values as it says. Source of the form: HdrHistogram, V2 compressed encoding.
 */
export const HISTOGRAM: Check = (value, at) => FIELDS(value, at) ?? faultOf(value as EncodedHistogram, at)

const faultOf = ({ count, sumNs, minNs, maxNs, hdr }: EncodedHistogram, at: string): string | null => {
  if (!(minNs >= 0 && minNs <= maxNs && maxNs <= LONGEST_NS && sumNs >= 0)) return `${at} must have latencies from 0 to an hour`
  const form = unpack(hdr)
  return form !== null && valuesIn(form) === count ? null : `${at} must be a histogram of three digits up to an hour with ${count} values`
}

/** Null: it is none of ours. */
const unpack = (hdr: string): Buffer | null => {
  if (hdr.length > 2 * (HEAD + MOST_COUNTS * BYTES_PER_COUNT) || !BASE64.test(hdr)) return null
  const packed = Buffer.from(hdr, 'base64')
  if (packed.length < PACKED_HEAD || packed.readInt32BE(0) !== COMPRESSED_COOKIE) return null
  if (packed.readInt32BE(4) !== packed.length - PACKED_HEAD) return null
  try {
    const form = inflateSync(packed.subarray(PACKED_HEAD), { maxOutputLength: HEAD + MOST_COUNTS * BYTES_PER_COUNT })
    return isOurs(form) ? form : null
  } catch {
    return null
  }
}

const isOurs = (form: Buffer): boolean =>
  form.length >= HEAD &&
  form.readInt32BE(0) === PLAIN_COOKIE &&
  form.readInt32BE(4) === form.length - HEAD &&
  form.readInt32BE(12) === DIGITS &&
  form.readBigInt64BE(16) === 1n &&
  form.readBigInt64BE(24) === BigInt(LONGEST_NS)

/** The sum of its counts; NaN where one is none, or lies beyond the last bucket. A negative number stands for so many empty buckets. */
const valuesIn = (form: Buffer): number => {
  let values = 0
  let index = 0
  for (let at = HEAD; at < form.length; ) {
    let zigzag = 0
    let scale = 1
    for (let byte = 0x80; byte >= 0x80; scale *= 128) {
      if (at >= form.length || scale > 128 ** 5) return Number.NaN
      byte = form[at++] as number
      zigzag += (byte & 0x7f) * scale
    }
    if (zigzag % 2 === 1) index += (zigzag + 1) / 2
    else {
      if (zigzag / 2 > LARGEST_COUNT) return Number.NaN
      values += zigzag / 2
      index += 1
    }
    if (index > MOST_COUNTS) return Number.NaN
  }
  return values
}
