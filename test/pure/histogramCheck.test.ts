import { deflateSync, inflateSync } from 'node:zlib'
import { type EncodedHistogram, LatencyHistogram, startHistograms } from '@flakebench/contract'
import { beforeAll, describe, expect, it } from 'vitest'
import { HISTOGRAM } from '../../server/src/histogramCheck.ts'
import { encodeLatencies } from '../kit/sampleSnapshot.ts'
import { forAll } from '../kit/seeded.ts'

beforeAll(() => startHistograms())

const encoded = (latenciesMs: readonly number[]): EncodedHistogram => encodeLatencies(latenciesMs) ?? expect.fail('nothing was encoded')

/** The same with another form inside. */
const changed = (from: EncodedHistogram, change: (form: Buffer) => Buffer): EncodedHistogram => {
  const packed = Buffer.from(from.hdr, 'base64')
  const inner = deflateSync(change(inflateSync(packed.subarray(8))))
  const head = Buffer.from(packed.subarray(0, 8))
  head.writeInt32BE(inner.length, 4)
  return { ...from, hdr: Buffer.concat([head, inner]).toString('base64') }
}

const written = (write: (form: Buffer) => unknown) => (form: Buffer) => {
  write(form)
  return form
}

describe('a histogram that came from elsewhere', () => {
  it('is taken when a worker has made it, alone or added to others, up to the longest latency', () => {
    forAll(random => {
      const samples = Array.from({ length: random.whole(1, 300) }, () => 3_700_000 * random.fraction() ** 12)
      const [one, other] = [encoded(samples), encoded([0, 3_700_000, ...samples])]
      expect(HISTOGRAM(one, 'it')).toBeNull()
      expect(HISTOGRAM(other, 'it')).toBeNull()
      const sum = LatencyHistogram.decode(one)
      const part = LatencyHistogram.decode(other)
      sum.add(part)
      expect(HISTOGRAM(sum.encode(), 'it')).toBeNull()
      for (const histogram of [sum, part]) histogram.free()
    }, 30)
  })

  it('is refused before it is decoded when it is of another form, or says what is not in it', () => {
    const sound = encoded([1, 2, 3])
    const odd: readonly EncodedHistogram[] = [
      { ...sound, count: 4 },
      { ...sound, maxNs: 1e300 },
      { ...sound, minNs: sound.maxNs + 1 },
      { ...sound, hdr: '' },
      { ...sound, hdr: `${sound.hdr}é` },
      { ...sound, hdr: sound.hdr.slice(0, 24) },
      changed(
        sound,
        written(form => form.writeInt32BE(5, 12)),
      ),
      changed(
        sound,
        written(form => form.writeBigInt64BE(0n, 16)),
      ),
      changed(
        sound,
        written(form => form.writeBigInt64BE(2n ** 62n, 24)),
      ),
      changed(
        sound,
        written(form => form.writeInt32BE(2 ** 31 - 1, 4)),
      ),
      changed(sound, form => written(longer => longer.writeInt32BE(longer.length - 40, 4))(Buffer.concat([form, Buffer.alloc(400_000)]))),
      // So many empty buckets that what comes after them lies beyond the last, and a count that never ends.
      changed(sound, form =>
        written(short => short.writeInt32BE(4, 4))(Buffer.concat([form.subarray(0, 40), Buffer.from([0xff, 0xff, 0x7f, 6])])),
      ),
      changed(sound, form => written(short => short.writeInt32BE(2, 4))(Buffer.concat([form.subarray(0, 40), Buffer.from([0x80, 0x80])]))),
    ]
    expect(HISTOGRAM(sound, 'it')).toBeNull()
    for (const [i, one] of odd.entries()) expect(HISTOGRAM(one, 'it'), `case ${i}`).toMatch(/^it must (have|be a histogram)/)
  })
})
