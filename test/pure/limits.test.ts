import { readdirSync, readFileSync } from 'node:fs'
import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredInputField,
  Kind,
  type NamedTypeNode,
  parse,
  print,
  typeFromAST,
  validate,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { NOBODY, OPEN_ACTOR } from '../../server/src/access/actor.ts'
import { closeReason } from '../../server/src/api/fanout/closeReason.ts'
import { refuseNul } from '../../server/src/api/limits/characters.ts'
import { boundComplexity, complexityOf } from '../../server/src/api/limits/complexity.ts'
import { boundText, type DocumentSize, measureDocument } from '../../server/src/api/limits/documentSize.ts'
import { boundIntrospection } from '../../server/src/api/limits/introspection.ts'
import { LIMITS } from '../../server/src/api/limits/limits.ts'
import { documentReader } from '../../server/src/api/limits/readDocument.ts'
import { inTime, requestLimitMs } from '../../server/src/api/limits/requestTime.ts'

const schema: GraphQLSchema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

const FILES: readonly Record<string, unknown>[] = await Promise.all(
  readdirSync(new URL('../../client/src/api/documents', import.meta.url)).map(
    name => import(`../../client/src/api/documents/${name.replace('.ts', '')}.ts`),
  ),
)

/** Every document of the console, by its name, as it is sent. */
const CONSOLE: readonly (readonly [string, string])[] = FILES.flatMap(file => Object.values(file))
  .filter((value): value is DocumentNode => (value as DocumentNode | null)?.kind === Kind.DOCUMENT)
  .flatMap(document =>
    document.definitions.flatMap(one =>
      one.kind === Kind.OPERATION_DEFINITION ? [[one.name?.value ?? '', print(document)] as const] : [],
    ),
  )

/** As much as the console asks for at once. */
const MOST_ASKED = { first: 200, maxPoints: 1_200 }

const tokensOf = (text: string): number => {
  let tokens = 0
  for (let token = parse(text).loc?.startToken ?? null; token !== null; token = token.next) tokens++
  return tokens
}

/** Percent of each limit that a document takes. */
const shareOf = (text: string): Readonly<Record<string, number>> => {
  const document = parse(text)
  const size: DocumentSize = measureDocument(document)
  const variables = variablesOf(document)
  const values = complexityOf({ schema, document, operationName: null, variables })
  const { depth, aliases, directives, fields } = size
  const measured = { depth, aliases, directives, fields, tokens: tokensOf(text), complexity: values ?? Number.NaN, bodyBytes: text.length }
  return Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, (100 * value) / LIMITS[name as keyof typeof LIMITS]]))
}

/** Something of the right type for each variable that must be there. */
const variablesOf = (document: DocumentNode): Record<string, unknown> => {
  const [operation] = document.definitions.flatMap(one => (one.kind === Kind.OPERATION_DEFINITION ? [one] : []))
  return Object.fromEntries(
    (operation?.variableDefinitions ?? []).flatMap(({ variable: { name }, type }) => {
      const count = MOST_ASKED[name.value as keyof typeof MOST_ASKED]
      if (count !== undefined) return [[name.value, count]]
      return type.kind === Kind.NON_NULL_TYPE ? [[name.value, made(typeFromAST(schema, type.type as NamedTypeNode))]] : []
    }),
  )
}

const made = (type: unknown): unknown => {
  if (isListType(type)) return []
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter(isRequiredInputField)
    return Object.fromEntries(needed.map(field => [field.name, made(getNullableType(field.type))]))
  }
  return { ID: 'x', String: 'x', Int: 1, Float: 1, Boolean: true }[String(type)]
}

const refusal = (work: () => unknown): { readonly code: unknown; readonly message: string } | null => {
  try {
    work()
    return null
  } catch (error) {
    const { message, extensions } = error as { message: string; extensions?: { code?: unknown } }
    return { code: extensions?.code, message }
  }
}

const askedOf = (text: string, variables: object) => ({
  schema,
  document: parse(text),
  operationName: null,
  variables: { ...variables },
})

const nested = (levels: number, leaf = 'id'): string => `{ ${'run { '.repeat(levels)}${leaf}${' }'.repeat(levels)} }`

describe('the documents of the console', () => {
  it.each(CONSOLE)('%s fits into the limits, with room', (_name, text) => {
    const shares = shareOf(text)
    expect(validate(schema, parse(text))).toEqual([])
    for (const [limit, percent] of Object.entries(shares)) expect(percent, `percent of ${limit}`).toBeLessThan(limit === 'depth' ? 100 : 67)
  })

  it('are all here, and the dearest are known', () => {
    expect(CONSOLE.length).toBeGreaterThan(30)
    const most = ['depth', 'aliases', 'fields', 'tokens', 'complexity'].map(limit => {
      const [dearest] = CONSOLE.map(([name, text]) => ({ name, percent: shareOf(text)[limit] ?? 0 })).sort((a, b) => b.percent - a.percent)
      return `${limit}: ${dearest?.percent.toFixed(0)} % by ${dearest?.name}`
    })
    console.info(most.join('\n'))
  })
})

describe('a document', () => {
  const documents = documentReader(schema)
  const over = (text: string) => refusal(() => documents.read(text))

  it('that is nested too deep is refused, with the limit and what to do', () => {
    expect(over(nested(LIMITS.depth - 1))).toBeNull()
    expect(over(nested(LIMITS.depth))).toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining(`nested ${LIMITS.depth}`) })
  })

  it('is measured through its fragments, also those that go round', () => {
    expect(
      measureDocument(parse('{ run(id: 1) { ...A } } fragment A on Run { plan { ...B } } fragment B on Plan { load { mode } }')).depth,
    ).toBe(4)
    expect(measureDocument(parse('{ ...A } fragment A on Query { run { ...B } } fragment B on Query { run { ...A } }')).depth).toBe(2)
  })

  it('with too many aliases, directives, fields or tokens is refused', () => {
    const repeated = (of: (i: number) => string, times: number): string => `{ ${Array.from({ length: times }, (_, i) => of(i)).join(' ')} }`
    const cases = [
      [repeated(i => `a${i}: health { ok }`, LIMITS.aliases + 1), 'aliases'],
      [repeated(() => 'id @skip(if: true)', LIMITS.directives + 1), 'directives'],
      [repeated(() => 'id', LIMITS.fields + 1), 'fields'],
      [repeated(() => 'id', LIMITS.tokens), 'tokens'],
    ] as const
    for (const [text, limit] of cases) expect(over(text)).toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining(limit) })
    expect(over(repeated(i => `a${i}: health { ok }`, LIMITS.aliases))).toBeNull()
  })

  it('that only opens brackets is refused before it is parsed', () => {
    for (const bracket of ['{ a ', '(a: [', '[']) {
      expect(refusal(() => boundText(`{ run${bracket.repeat(4_000)}`))).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    }
  })

  it('that asks for too many values is refused, whether it says so itself or by a variable', () => {
    const asked = (first: number) => ({
      schema,
      document: parse('query ($first: Int!) { runs(first: $first) { edges { node { history(maxPoints: 1000) { qps p95Ms errors } } } } }'),
      operationName: null,
      variables: { first },
    })
    expect(complexityOf(asked(10))).toBeGreaterThan(30_000)
    expect(refusal(() => boundComplexity(asked(10)))).toBeNull()
    expect(refusal(() => boundComplexity(asked(1_000)))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('values'),
    })
    const fragments = Array.from({ length: 14 }, (_, i) => `fragment F${i} on Run { ...F${i + 1} ... on Run { ...F${i + 1} } }`)
    const document = parse(`{ run(id: 1) { ...F0 } } ${fragments.join(' ')} fragment F14 on Run { id }`)
    expect(refusal(() => boundComplexity({ schema, document, operationName: null, variables: null }))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
    })
  })

  it('whose variables leave an argument without a value is refused, and is no way around the limit', () => {
    const costly = 'runs(first: 100) { edges { node { history(maxPoints: 1000) { qps p95Ms errors } } } }'
    const asked = (text: string, variables: object) => refusal(() => boundComplexity(askedOf(text, variables)))
    for (const text of [
      `query ($f: Int = 1) { bad: runs(first: $f) { totalCount } ${`x: ${costly}`} }`,
      `query ($f: Boolean = true) { health { ok @include(if: $f) } ${costly} }`,
    ]) {
      expect(asked(text, { f: null }), text).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('must not be null') })
    }
    const many = Array.from({ length: 20 }, (_, i) => `a${i}: ${costly}`).join(' ')
    expect(asked(`query A { ${many} }`, {})).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    expect(complexityOf({ ...askedOf(`query A { ${many} }`, {}), operationName: 'B' }), 'nothing is executed').toBeNull()
    expect(complexityOf({ ...askedOf(`query A { ${many} } query B { health { ok } }`, {}), operationName: 'B' })).toBe(2)
    const series = complexityOf(askedOf('{ series(runIds: ["a"], metrics: []) { __typename } }', {})) ?? 0
    expect(series, 'as long as it may be, where nobody says').toBeGreaterThan(1_000)
  })

  it('whose variables are not right is told where, but never the value', () => {
    const text = 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id } }'
    for (const [postgres, at] of [
      [{ host: 'h', password: 'hidden-1' }, 'input.postgres'],
      [{ host: 'h', password: 12345678, user: 'u', database: 'd' }, 'input.postgres.password'],
    ] as const) {
      const found = refusal(() => boundComplexity(askedOf(text, { input: { name: 'A', postgres } })))
      expect(found).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(`"$input" is not right at "${at}`) })
      expect(found?.message).not.toMatch(/hidden-1|12345678/)
    }
  })

  it('with the one character that no database takes is refused, wherever it is', () => {
    const bad = ['{ run(id: "\\u0000") { id } }', '{ run(id: "a\\\\\\u0000") { id } }', '{ run(id: "\\u{0}") { id } }', '{ run\0 }']
    for (const text of bad)
      expect(
        refusal(() => refuseNul(text, {})),
        text,
      ).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(refusal(() => refuseNul('', { input: [{ name: 'a\0' }] }))).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(refusal(() => refuseNul('{ run(id: "\\\\u0000") { id } }', { a: ['\u0001', null, 1, {}] }))).toBeNull()
  })

  it('about the schema is answered to all but strangers', () => {
    const document = documents.readValid(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true })) as DocumentNode
    expect(document.kind).toBe(Kind.DOCUMENT)
    expect(refusal(() => boundComplexity({ schema, document, operationName: null, variables: null }))).toBeNull()
    expect(refusal(() => boundIntrospection(document, OPEN_ACTOR))).toBeNull()
    expect(refusal(() => boundIntrospection(document, NOBODY))).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(refusal(() => boundIntrospection(parse('{ health { ok __typename } }'), NOBODY))).toBeNull()
  })
})

describe('an answer', () => {
  it('that takes too long is given up, with words; one in time is told', async () => {
    await expect(inTime(new Promise(() => undefined), 1)).rejects.toMatchObject({ extensions: { code: 'TIMEOUT' } })
    await expect(inTime(Promise.resolve('told'))).resolves.toBe('told')
  })

  it('may take as long as it takes where all that is asked for is long work, whatever else the document says', () => {
    const limitOf = (text: string) => requestLimitMs(parse(text), null)
    for (const text of [
      'mutation { importRun(file: "x") { id } }',
      'mutation { a: importRun(file: "x") { id } ...B } fragment B on Mutation { ... on Mutation { importRun(file: "y") { id } } }',
    ])
      expect(limitOf(text), text).toBeNull()
    for (const text of [
      '{ health { ok } } # importRun',
      'query importRun { importRun: health { ok } }',
      'mutation { importRun(file: "x") { id } startRun(id: "x") { id } }',
      'mutation { importRun: startRun(id: "x") { id } }',
      'mutation { ...A } fragment A on Mutation { ...A startRun(id: "importRun") { id } }',
    ])
      expect(limitOf(text), text).toBe(LIMITS.requestMs)
  })
})

describe('the reason that a socket is closed with', () => {
  it('has room for 123 bytes, and no half characters', () => {
    expect(closeReason('Going away')).toBe('Going away')
    for (const words of ['x'.repeat(5_000), 'ü'.repeat(100), '🙂'.repeat(50)]) {
      const reason = closeReason(words)
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123)
      expect(Buffer.byteLength(reason)).toBeGreaterThan(115)
      expect(reason).toMatch(/^(x+|ü+|(🙂)+)…$/u)
    }
  })
})
