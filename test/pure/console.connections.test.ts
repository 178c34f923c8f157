import { describe, expect, it } from 'vitest'
import {
  draftOf,
  draftProblems,
  inputOf,
  keepsSecret,
  SECRET_FIELDS,
  shownPaths,
} from '../../client/src/features/connections/connectionDraft.ts'
import { signInOf, userText, versionText, whereText } from '../../client/src/features/connections/connectionWords.ts'
import { inConnectionWords } from '../../client/src/ui/words/connectionProblems.ts'
import { problemAt, problemsElsewhere } from '../../client/src/ui/words/problems.ts'
import { savedPostgres, savedSnowflake } from '../kit/sampleConsole.ts'

describe('the form of a connection', () => {
  it('tells the server what was kept and nothing else, when nothing is changed', () => {
    expect(inputOf(draftOf(savedPostgres()))).toEqual({
      name: 'bench database',
      postgres: { host: 'db.example.com', port: 5432, user: 'bench', database: 'sut', tls: 'VERIFY', ca: null, password: null, url: null },
    })
    expect(inputOf(draftOf(savedSnowflake()))).toEqual({
      name: 'bench account',
      snowflake: {
        account: 'MYORG-BENCH',
        user: 'BENCH_USER',
        role: null,
        authenticator: 'KEY_PAIR',
        accessUrl: null,
        tokenFile: null,
        password: null,
        privateKey: null,
        privateKeyPassphrase: null,
        token: null,
      },
    })
  })

  it.each(Object.entries(SECRET_FIELDS))('sends of the secrets only those of the way to sign in: %s', (authenticator, fields) => {
    const draft = draftOf(null)
    const secrets = { password: 'p', privateKey: 'k', privateKeyPassphrase: 'kp', token: 't', tokenFile: '/f' }
    const input = inputOf({ ...draft, snowflake: { ...draft.snowflake, ...secrets, authenticator: authenticator as 'PAT' } }).snowflake
    const sent = Object.keys(secrets).filter(field => input?.[field as keyof typeof secrets] !== null)
    expect(sent.sort()).toEqual([...fields].sort())
  })

  it('says that a blank secret is kept only while address, user and way to sign in are the same', () => {
    const saved = savedSnowflake({ hasSecret: true })
    const draft = draftOf(saved)
    expect(keepsSecret(saved, draft)).toBe(true)
    expect(keepsSecret(saved, { ...draft, snowflake: { ...draft.snowflake, authenticator: 'PAT' } })).toBe(false)
    for (const field of ['account', 'user', 'accessUrl'] as const)
      expect(keepsSecret(saved, { ...draft, snowflake: { ...draft.snowflake, [field]: 'other' } })).toBe(false)
    expect(keepsSecret(savedSnowflake({ hasSecret: false }), draft)).toBe(false)
    expect(keepsSecret(null, draft)).toBe(false)
    const postgres = draftOf(savedPostgres())
    expect(keepsSecret(savedPostgres(), postgres)).toBe(true)
    expect(keepsSecret(savedPostgres(), { ...postgres, postgres: { ...postgres.postgres, host: 'elsewhere' } })).toBe(false)
  })

  it('finds a port that is no number before the server is asked, and takes none for the usual one', () => {
    const withPort = (port: string) => ({
      ...draftOf(savedPostgres()),
      postgres: { ...draftOf(savedPostgres()).postgres, port },
    })
    for (const port of ['54x', '5.4', '-1', '123456'])
      expect(draftProblems(withPort(port)).map(each => each.path)).toEqual(['postgres.port'])
    expect(draftProblems(withPort(' 5432 '))).toEqual([])
    expect(inputOf(withPort('')).postgres?.port).toBeNull()
  })
})

describe('problems of a form', () => {
  const problems = [
    { path: 'snowflake.user', message: 'snowflake.user must be given (1 to 255 characters)' },
    { path: 'name', message: 'There is a connection "a" already' },
    { path: 'snowflake.token', message: 'snowflake.token must be left out' },
  ]

  it('stand at their fields, without repeating the name of the field', () => {
    expect(problemAt(problems, 'snowflake.user')).toBe('Must be given (1 to 255 characters)')
    expect(problemAt(problems, 'name')).toBe('There is a connection "a" already')
    expect(problemAt(problems, 'snowflake.role')).toBeNull()
  })

  it('are told elsewhere where the form has no such field', () => {
    expect(problemsElsewhere(problems, shownPaths(draftOf(savedSnowflake()))).map(each => each.path)).toEqual(['snowflake.token'])
    expect(shownPaths(draftOf(savedPostgres()))).toContain('postgres.host')
  })
})

describe('a saved connection in the list', () => {
  it('says where it leads and who signs in', () => {
    expect(whereText(savedPostgres())).toBe('db.example.com:5432/sut')
    expect(whereText(savedSnowflake())).toBe('MYORG-BENCH')
    expect(whereText(savedSnowflake({}, { accessUrl: 'https://private.example.com' }))).toBe('MYORG-BENCH at https://private.example.com')
    expect(userText(savedSnowflake({}, { role: 'LOADER' }))).toBe('BENCH_USER as LOADER')
    expect(userText(savedSnowflake({}, { user: '' }))).toBe('as the token says')
  })

  it('names the product before a bare version', () => {
    expect(versionText('SNOWFLAKE', '9.40.0')).toBe('Snowflake 9.40.0')
    expect(versionText('POSTGRES', 'PostgreSQL 17.2')).toBe('PostgreSQL 17.2')
  })

  it('warns where a secret is needed and none is kept', () => {
    expect(signInOf(savedSnowflake({ hasSecret: false }))).toEqual({ word: 'Key pair', isMissing: true })
    expect(signInOf(savedSnowflake({ hasSecret: true }))).toEqual({ word: 'Key pair', isMissing: false })
    expect(signInOf(savedSnowflake({ hasSecret: false }, { authenticator: 'OAUTH', tokenFile: '/token' })).isMissing).toBe(false)
    expect(signInOf(savedPostgres({ hasSecret: false }))).toEqual({ word: 'No password', isMissing: false })
  })
})

describe('what is wrong with a connection', () => {
  it.each([
    ['Must be given for KEY_PAIR', 'Must be given for “Key pair”'],
    ['must be left out: PASSWORD takes password', 'must be left out: “Password” takes password'],
    ['snowflake.privateKey must be given', '“Private key” must be given'],
    [
      '"h.example" offers no TLS: set tls to OFF, if the way there is safe without',
      '"h.example" offers no TLS: set “Encryption (TLS)” to “Off”, if the way there is safe without',
    ],
    ['must be a name or an address alone; it is "set tls to OFF"', 'must be a name or an address alone; it is "set tls to OFF"'],
  ])('is said in the words of the form: %s', (message, words) => {
    expect(inConnectionWords(message)).toBe(words)
  })
})
