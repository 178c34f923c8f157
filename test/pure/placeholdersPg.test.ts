import { describe, expect, it } from 'vitest'
import { numberPlaceholders } from '../../sql/store/src/client/placeholders.ts'

describe('placeholders for PostgreSQL', () => {
  it.each([
    ['SELECT 1', 'SELECT 1'],
    ['SELECT ?', 'SELECT $1'],
    ['INSERT INTO t (a, b) SELECT ?, PARSE_JSON(?) WHERE ?=?', 'INSERT INTO t (a, b) SELECT $1, PARSE_JSON($2) WHERE $3=$4'],
    [`SELECT '?', 'it''s ?', ?`, `SELECT '?', 'it''s ?', $1`],
    ['SELECT "a?", "b""?", ?', 'SELECT "a?", "b""?", $1'],
    ['SELECT ? -- really?\n, ?', 'SELECT $1 -- really?\n, $2'],
    ['SELECT ? /* why? \n ? */, ?', 'SELECT $1 /* why? \n ? */, $2'],
    ['DO $$ SELECT ? $$', 'DO $$ SELECT ? $$'],
    ['DO $body$ SELECT ? $$ ? $body$, ?', 'DO $body$ SELECT ? $$ ? $body$, $1'],
    [`SELECT '--', ?, '/*', ?`, `SELECT '--', $1, '/*', $2`],
    ['SELECT 4 / ? * ?', 'SELECT 4 / $1 * $2'],
    ["SELECT ?, 'unfinished ?", "SELECT $1, 'unfinished $2"],
  ])('of %j are %j', (sql, numbered) => {
    expect(numberPlaceholders(sql)).toBe(numbered)
  })

  it('are numbered beyond nine', () => {
    const marks = Array.from({ length: 12 }, () => '?').join(', ')
    expect(numberPlaceholders(marks)).toBe(Array.from({ length: 12 }, (_, i) => `$${i + 1}`).join(', '))
  })
})
