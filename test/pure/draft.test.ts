import {
  choosePoolSet,
  type Draft,
  onlyWith,
  planDraft,
  poolNeeds,
  readDraft,
  type TemplateInput,
  validateTemplate,
} from '@flakebench/contract'
import { describe, expect, it } from 'vitest'

const byLabel = ({ statements }: Draft, label: string) => statements.find(({ operation }) => operation.label === label)
const problemOf = (input: object, label: string): string | null | undefined =>
  byLabel(readDraft({ target: { table: 't' }, ...input }), label)?.problem
const generic = (change: object): object => ({ operations: { generic: [{ id: 'G', operationType: 'READ', sql: 'SELECT 1', ...change }] } })

describe('a draft', () => {
  it('has every operation, whatever its weight, and neither needs a name nor weights that sum', () => {
    const draft = readDraft({
      target: { table: 'orders' },
      operations: { pointLookup: { weight: 12.345 }, generic: [{ id: 'G', operationType: 'WRITE', sql: 'DELETE FROM {table}' }] },
    })
    expect(draft.problems).toEqual([])
    expect(draft.statements.map(({ operation: { label }, problem }) => [label, problem])).toEqual([
      ['POINT_LOOKUP', null],
      ['RANGE_SCAN', null],
      ['INSERT', null],
      ['UPDATE', null],
      ['G', null],
    ])
    expect(draft.template.target).toMatchObject({ schema: 'public', tableType: 'POSTGRES' })
  })

  it('tells what is wrong with its target', () => {
    expect(readDraft({}).problems.map(({ path }) => path)).toEqual(['target.table'])
    expect(readDraft({ target: { table: 'T', tableType: 'HYBRID' } }).problems.map(({ path }) => path)).toEqual([
      'target.warehouse',
      'target.database',
    ])
    expect(readDraft(null).problems).not.toEqual([])
  })

  it('tells of each statement what is wrong with it, and of no other', () => {
    const draft = readDraft({
      target: { table: 't' },
      operations: { pointLookup: { sql: 'DELETE FROM t' }, generic: [{ id: 'G', operationType: 'READ', sql: 'SELECT ?' }] },
    })
    expect(byLabel(draft, 'POINT_LOOKUP')?.problem).toBe('operations.pointLookup.sql must only read; it starts with DELETE')
    expect(byLabel(draft, 'G')?.problem).toMatch(/^operations\.generic\.0\.parameters must hold an entry for the one value/)
    expect(byLabel(draft, 'UPDATE')?.problem).toBeNull()
    expect(problemOf(generic({ sql: '' }), 'G')).toBe('operations.generic.0.sql must be given: write its statement')
    expect(problemOf(generic({ sql: 'TRUNCATE t' }), 'G')).toMatch(/must not define, change or clear objects/)
    expect(problemOf(generic({ weight: 1e9 }), 'G')).toBeNull()
  })

  it('writes to nothing that is only read', () => {
    const target = { table: 'T', tableType: 'INTERACTIVE', database: 'D', warehouse: 'W' }
    expect(problemOf({ target }, 'POINT_LOOKUP')).toBeNull()
    for (const label of ['INSERT', 'UPDATE']) {
      expect(problemOf({ target }, label)).toBe('Nothing can be written: an INTERACTIVE target is only read')
    }
    expect(problemOf({ target, ...generic({ operationType: 'WRITE', sql: 'DELETE FROM t' }) }, 'G')).toMatch(/^Nothing can be written/)
  })

  it('asks for no longer than a person waits', () => {
    const planned = (advanced: object) => {
      const { template, statements } = readDraft({ target: { table: 't' }, advanced })
      return planDraft(
        template,
        statements.map(({ operation }) => operation),
        { seed: 7, poolSetId: null },
      ).advanced
    }
    expect(planned({})).toMatchObject({ statementTimeoutSeconds: 20, connectTimeoutSeconds: 10, startupTimeoutSeconds: 15, seed: 7 })
    expect(planned({ statementTimeoutSeconds: 2, connectTimeoutSeconds: 1 })).toMatchObject({
      statementTimeoutSeconds: 2,
      connectTimeoutSeconds: 1,
    })
  })

  it('needs for one of its operations what a template of that alone needs', () => {
    const input: TemplateInput = {
      name: 'n',
      target: { table: 't' },
      operations: {
        pointLookup: { weight: 100 },
        generic: [{ id: 'G', operationType: 'READ', sql: 'SELECT ?', parameters: [{ strategy: 'SAMPLE_FROM_TABLE', column: 'c' }] }],
      },
    }
    const draft = readDraft(input)
    const only = (label: string) => onlyWith(draft.template, byLabel(draft, label)?.operation as never)
    expect(poolNeeds(only('POINT_LOOKUP'))).toEqual([])
    expect(poolNeeds(only('G')).map(({ path }) => path)).toEqual(['operations.generic.0.parameters.0.column'])
    for (const label of ['POINT_LOOKUP', 'INSERT', 'G']) expect(validateTemplate(only(label)).ok, label).toBe(true)
    expect(choosePoolSet([], only('G'))).toBeNull()
  })
})
