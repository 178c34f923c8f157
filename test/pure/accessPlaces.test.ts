import { describe, expect, it } from 'vitest'
import { isHostOf, isLocalHost, isPageOf, isReachedByOthers, type Places } from '../../server/src/access/places.ts'
import { sessionCookie } from '../../server/src/access/sessionCookie.ts'
import { addressInWords, isSecure, warningOf } from '../../server/src/addresses.ts'
import { addressOf } from '../../server/src/api/caller.ts'

const places = (change: Partial<Places> = {}): Places => ({ host: '127.0.0.1', publicUrl: null, machine: 'box', ...change })
const ALONE = places()
const ALL = places({ host: '0.0.0.0' })
const ONE = places({ host: '10.0.0.5' })
const PROXIED = places({ publicUrl: 'https://bench.example.com' })

describe('the name that a request goes by', () => {
  it.each<[string, Places, string | undefined, boolean]>([
    ['this machine alone', ALONE, 'localhost:4000', true],
    ['this machine alone', ALONE, '127.0.0.1:4000', true],
    ['this machine alone', ALONE, '[::1]:4000', true],
    ['this machine alone', ALONE, 'evil.example', false],
    ['this machine alone', ALONE, 'box:4000', false],
    ['this machine alone', ALONE, '10.0.0.5:4000', false],
    ['this machine alone', ALONE, undefined, false],
    ['everywhere', ALL, '10.0.0.5:4000', true],
    ['everywhere', ALL, '[fe80::1]:4000', true],
    ['everywhere', ALL, 'BOX:4000', true],
    ['everywhere', ALL, 'localhost:4000', true],
    ['everywhere', ALL, 'evil.example', false],
    ['one address', ONE, '10.0.0.5:4000', true],
    ['one address', ONE, '10.0.0.6:4000', false],
    ['a proxy', PROXIED, 'bench.example.com', true],
    ['a proxy', PROXIED, 'evil.example', false],
  ])('%s: %#', (_, reached, host, isOwn) => {
    expect(isHostOf(reached, host)).toBe(isOwn)
  })
})

describe('the page that a request comes from', () => {
  it.each<[Places, string | undefined, string, boolean]>([
    [ALONE, undefined, 'localhost:4000', true],
    [ALONE, 'http://localhost:4000', 'localhost:4000', true],
    [ALONE, 'http://localhost:5173', '127.0.0.1:4000', true],
    [ALONE, 'http://evil.example', 'localhost:4000', false],
    [ALONE, 'null', 'localhost:4000', false],
    [ALONE, 'http://localhost.evil.example', 'localhost:4000', false],
    [ALL, 'http://10.0.0.5:4000', '10.0.0.5:4000', true],
    [ALL, 'http://10.0.0.5:4001', '10.0.0.5:4000', false],
    [ALL, 'http://localhost:5173', '10.0.0.5:4000', false],
    [ALL, 'http://evil.example', 'evil.example', false],
    [PROXIED, 'https://bench.example.com', 'localhost:4000', true],
    [PROXIED, 'https://bench.example.com', 'bench.example.com', true],
    [PROXIED, 'http://bench.example.com:81', 'localhost:4000', false],
    [PROXIED, 'https://other.example.com', 'bench.example.com', false],
  ])('%#: from %s', (reached, origin, host, isOwn) => {
    expect(isPageOf(reached, origin, host)).toBe(isOwn)
  })
})

describe('where a server listens', () => {
  it('is this machine alone or not', () => {
    expect(['127.0.0.1', 'localhost', '::1', '127.8.0.1'].every(isLocalHost)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.5', 'box', '127.evil.example'].some(isLocalHost)).toBe(false)
  })

  it('is open to others all the same where something forwards to it', () => {
    expect([ALONE, places({ publicUrl: 'http://localhost:5000' }), places({ publicUrl: 'http://[::1]' })].some(isReachedByOthers)).toBe(
      false,
    )
    expect([ALL, ONE, PROXIED, places({ publicUrl: 'http://192.168.0.2:8080' })].every(isReachedByOthers)).toBe(true)
  })

  it('is told, and that passwords travel unencrypted', () => {
    const tls = { certificateFile: 'c', keyFile: 'k' }
    expect(addressInWords({ host: '127.0.0.1', publicUrl: null, tls: null }, 4000)).toBe('http://localhost:4000')
    expect(addressInWords({ host: '0.0.0.0', publicUrl: null, tls }, 4000)).toBe(
      'https://localhost:4000, and under each address of this machine',
    )
    expect(addressInWords({ host: '::1', publicUrl: 'https://b.example', tls: null }, 1)).toBe(
      'http://localhost:1, for others https://b.example',
    )
    expect(addressInWords({ host: 'fe80::1', publicUrl: null, tls: null }, 1)).toBe('http://[fe80::1]:1')
    expect(warningOf({ host: '127.0.0.1', publicUrl: null, tls: null })).toBeNull()
    expect(warningOf({ host: '0.0.0.0', publicUrl: 'https://b.example', tls: null })).toBeNull()
    expect(warningOf({ host: '0.0.0.0', publicUrl: null, tls })).toBeNull()
    expect(warningOf({ host: '0.0.0.0', publicUrl: 'http://b.example', tls: null })).toMatch(/unencrypted/)
    expect(warningOf({ host: '127.0.0.1', publicUrl: 'http://b.example', tls: null })).toMatch(/unencrypted/)
    expect(isSecure({ host: '127.0.0.1', publicUrl: 'https://b.example', tls: null })).toBe(true)
  })
})

describe("the session's cookie", () => {
  it('is read by no script, sent by no other site, and over HTTPS alone where there is HTTPS', () => {
    expect(sessionCookie('abc', false)).toBe('flakebench_session=abc; Max-Age=604800; Path=/; HttpOnly; SameSite=Strict')
    expect(sessionCookie('abc', true)).toMatch(/; Secure/)
    expect(sessionCookie(null, false)).toMatch(/^flakebench_session=; Max-Age=0/)
  })
})

describe('the address of whoever asks', () => {
  const from = (remoteAddress: string, forwarded?: string) =>
    ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }) as never
  it.each([
    ['10.0.0.1', true, from('10.0.0.1', '6.6.6.6'), true],
    ['10.0.0.1', false, from('::ffff:10.0.0.1'), false],
    ['127.0.0.1', false, from('127.0.0.1', '6.6.6.6'), false],
    ['10.0.0.9', false, from('127.0.0.1', '6.6.6.6, 10.0.0.9'), true],
    ['127.0.0.1', true, from('127.0.0.1'), true],
  ])('is %s; of everybody: %s', (address, isShared, request, isProxied) => {
    expect(addressOf(request, isProxied)).toEqual({ address, isShared })
  })
})
