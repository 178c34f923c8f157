import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate with its key, both in PEM. */
export interface MadeCertificate {
  readonly certificate: string
  readonly key: string
}

/** An authority of its own. */
export interface MadeAuthority extends MadeCertificate {
  /** A certificate from it. */
  issue(options: {
    readonly names?: readonly string[]
    readonly addresses?: readonly string[]
    readonly isExpired?: boolean
  }): MadeCertificate
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const text = (tag: number, words: string): Buffer => der(tag, Buffer.from(words, 'ascii'))

const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number)
  const groups = (value: number): number[] => (value < 0x80 ? [value] : [...groups(Math.floor(value / 0x80)), value % 0x80])
  const bytes = others.flatMap(value => groups(value).map((group, i, all) => (i < all.length - 1 ? group | 0x80 : group)))
  return der(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

const ECDSA_SHA256 = sequence(identifier('1.2.840.10045.4.3.2'))
const TRUE = der(0x01, Buffer.from([0xff]))
const nameOf = (commonName: string): Buffer => sequence(der(0x31, sequence(identifier('2.5.4.3'), text(0x0c, commonName))))
const extension = (id: string, value: Uint8Array): Buffer => sequence(identifier(id), der(0x04, value))

const isAuthority = (): Buffer => sequence(identifier('2.5.29.19'), TRUE, der(0x04, sequence(TRUE)))
const alternativeNames = (names: readonly string[], addresses: readonly string[]): Buffer =>
  extension(
    '2.5.29.17',
    sequence(...names.map(name => text(0x82, name)), ...addresses.map(address => der(0x87, Buffer.from(address.split('.').map(Number))))),
  )

interface Unsigned {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly extensions: readonly Uint8Array[]
  readonly isExpired: boolean
}

/** X.509 version 3, in PEM. Source: RFC 5280, section 4.1. */
const signed = ({ issuer, subject, publicKey, extensions, isExpired }: Unsigned, privateKey: KeyObject): string => {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(text(0x17, '200101000000Z'), text(0x17, isExpired ? '210101000000Z' : '491231235959Z')),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const whole = sequence(content, ECDSA_SHA256, der(0x03, Buffer.from([0]), sign('sha256', content, privateKey)))
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pemOf = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

/** Made here, so that no tool need be on the machine. */
export const makeAuthority = (name: string): MadeAuthority => {
  const own = newKeys()
  const base = { issuer: name, isExpired: false }
  return {
    certificate: signed({ ...base, subject: name, publicKey: own.publicKey, extensions: [isAuthority()] }, own.privateKey),
    key: pemOf(own.privateKey),
    issue: ({ names = [], addresses = [], isExpired = false }) => {
      const { publicKey, privateKey } = newKeys()
      const extensions = [alternativeNames(names, addresses)]
      return {
        certificate: signed({ ...base, subject: 'database', publicKey, extensions, isExpired }, own.privateKey),
        key: pemOf(privateKey),
      }
    },
  }
}
