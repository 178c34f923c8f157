import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { paletteGroups } from '../../client/src/features/palette/paletteEntries.ts'
import {
  ANYTHING,
  AUDITED_ACTIONS,
  actionWords,
  auditFilter,
  auditLook,
  detailText,
} from '../../client/src/features/settings/auditWords.ts'
import { limitRows } from '../../client/src/features/settings/limitRows.ts'
import { passwordProblem } from '../../client/src/features/settings/passwordRules.ts'
import { daysProblem, tokenState } from '../../client/src/features/settings/tokenWords.ts'
import { nextPath } from '../../client/src/features/signIn/nextPath.ts'
import { allowsRole, whyRoleIsTooLow } from '../../client/src/ui/words/roles.ts'

const NOW = Date.parse('2026-01-01T12:00:00Z')

describe('who may do what', () => {
  it('is said by role, and to whom it is refused', () => {
    expect([allowsRole('AUTHOR', 'OPERATOR'), allowsRole('VIEWER', 'OPERATOR'), allowsRole(null, 'VIEWER')]).toEqual([true, false, false])
    expect(whyRoleIsTooLow('OPERATOR', 'AUTHOR')).toBe('You are an operator: this needs an author or higher.')
    expect(whyRoleIsTooLow(null, 'VIEWER')).toBe('Sign in first.')
  })

  it('leads back only to pages of the console', () => {
    expect(['/runs?a=1', '//evil', '/\\evil', 'https://evil', '/sign-in', undefined].map(nextPath)).toEqual([
      '/runs?a=1',
      ...Array.from({ length: 5 }, () => '/templates'),
    ])
  })
})

describe('the settings', () => {
  it('say how a token stands', () => {
    const state = (expiresAt: string | null, revokedAt: string | null = null) => tokenState({ expiresAt, revokedAt }, NOW).word
    expect([state(null), state('2026-01-03T12:00:00Z'), state('2025-12-31T00:00:00Z'), state(null, '2026-01-01T00:00:00Z')]).toEqual([
      'Works for ever',
      'Works for 2 days',
      'Ended',
      'Revoked',
    ])
    expect(['', '1', '366'].map(daysProblem)).toEqual([null, null, null])
    expect(['0', '367', '1.5', 'x'].every(text => daysProblem(text) !== null)).toBe(true)
    expect([passwordProblem('short', 'ada'), passwordProblem('a-long-name-x', 'A-long-name-x')].every(each => each !== null)).toBe(true)
  })

  it('say for how long things are kept, and what to set to change that', () => {
    const kept = { keepExecutionsDays: 0, keepAuditDays: 365, spoolLimitMb: 512, bundleLimitMb: 2_048 }
    const rows = limitRows(kept as Parameters<typeof limitRows>[0])
    expect(rows.map(({ word, now, variable }) => [word, now, variable])).toEqual([
      ['Single executions are kept', 'For ever', 'FLAKEBENCH_KEEP_EXECUTIONS_DAYS'],
      ['The audit log is kept', '365 days', 'FLAKEBENCH_KEEP_AUDIT_DAYS'],
      ['Disk for executions of one run', '512 MiB', 'FLAKEBENCH_SPOOL_LIMIT_MB'],
      ['Largest bundle', '2 GiB', 'FLAKEBENCH_BUNDLE_LIMIT_MB'],
    ])
  })

  it('say what was done in words, and ask for what is wanted', () => {
    expect(actionWords('createApiToken')).toBe('Create API token')
    expect([detailText(null), detailText('cut {')]).toEqual(['Nothing more was kept.', 'cut {'])
    expect(auditFilter(ANYTHING, NOW)).toBeNull()
    expect(auditFilter({ ...ANYTHING, actor: ' ada ', since: 'hour' }, NOW)).toEqual({ actor: 'ada', from: '2026-01-01T11:00:00.000Z' })
  })
})

describe('the audit log', () => {
  it('is filtered by every mutation of the API', () => {
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
    expect(AUDITED_ACTIONS).toEqual(Object.keys(schema.getMutationType()?.getFields() ?? {}).sort())
  })

  it('calls who had no need to sign in by their place, and a statement that was tried by its template', () => {
    const tried = (detail: unknown) =>
      auditLook({
        actor: 'local',
        action: 'tryStatement',
        outcome: 'DONE',
        detail: typeof detail === 'string' ? detail : JSON.stringify(detail),
      })
    expect(tried({ arguments: { input: { load: { mode: 'QPS' }, name: 'Orders' } } })).toMatchObject({
      who: 'This machine',
      subject: 'Orders',
    })
    expect(tried({ arguments: '{"input":{"name":"My \\"orders\\"","target":{…' }).subject).toBe('My "orders"')
    expect([tried({}).subject, tried('cut {').subject, tried({ arguments: { input: { name: '' } } }).subject]).toEqual([null, null, null])
    expect(auditLook({ actor: 'ada', action: 'startRun', outcome: 'DONE', detail: null })).toMatchObject({ who: 'ada', subject: null })
    expect(auditFilter({ ...ANYTHING, actor: 'this machine' }, NOW)).toEqual({ actor: 'local' })
  })
})

describe('the command palette', () => {
  it('finds by every word that is typed, and says why something cannot be chosen', () => {
    const groups = paletteGroups({
      typed: 'users sett',
      findings: null,
      whyNot: needed => (needed === 'ADMIN' ? 'No.' : null),
      canSignOut: true,
    })
    expect(groups.map(group => [group.word, group.entries.map(entry => [entry.key, entry.whyNot])])).toEqual([
      ['Pages', [['/settings/users', 'No.']]],
    ])
  })
})
