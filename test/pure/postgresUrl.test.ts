import { describe, expect, it } from 'vitest'
import { parsePostgresUrl } from '../../server/src/api/connection/postgresUrl.ts'

const NOTHING = { host: null, port: null, user: null, database: null, password: null, tls: null }

describe('an address of PostgreSQL', () => {
  it.each([
    ['postgresql://ann:s3cret@db.example.com:6432/orders?sslmode=verify-full', 'db.example.com', 6432, 'ann', 's3cret', 'orders', 'VERIFY'],
    ['postgres://ann@db.example.com/orders?sslmode=disable', 'db.example.com', null, 'ann', null, 'orders', 'OFF'],
    ['postgresql://ann:p%40ss%2F%23%3A@h/d%20b', 'h', null, 'ann', 'p@ss/#:', 'd b', null],
    ['postgresql://[::1]:5433/d?sslmode=prefer', '::1', 5433, null, null, 'd', null],
    ['postgresql://u:p@h/d?sslmode=require&channel_binding=require&application_name=x', 'h', null, 'u', 'p', 'd', 'VERIFY'],
  ])('is taken apart: %s', (url, host, port, user, password, database, tls) => {
    expect(parsePostgresUrl(` ${url}\n`)).toEqual({ ...NOTHING, host, port, user, password, database, tls })
  })

  it.each([
    'mysql://u:hidden@h/d',
    'postgresql://u:hidden/x@h/d',
    'postgresql://u:12/hidden@h/d',
    'postgresql://u:1#hidden@h/d',
    'postgresql://u:1?hidden@h/d',
    'postgresql://u:%zzhidden@h/d',
    'postgresql://u:hidden@h1,h2/d',
    'postgresql://u:hidden@h:70000/d',
    'postgresql://u:p@h/d?host=/hidden',
    'postgresql://u:p@h/d?sslmode=hidden',
    'postgresql://u:p@h/d?sslrootcert=/hidden',
    'hidden',
  ])('that is none is refused without a word of it: %s', url => {
    const read = parsePostgresUrl(url)
    expect(read).toEqual({ fault: expect.any(String) })
    expect(JSON.stringify(read)).not.toContain('hidden')
  })
})
