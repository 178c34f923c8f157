import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import type { Seeded } from './seeded.ts'

/** A request as somebody careless, or malicious, might send it. */
export interface FuzzedRequest {
  readonly query: string
  readonly variables: unknown
}

/** What it sends as password, and as key: to be noted before. */
export const FUZZED_SECRET = 'fuzzed-secret/7+1%'
const SECRET_NAMES: ReadonlySet<string> = new Set(['password', 'privateKey', 'privateKeyPassphrase', 'token'])

/** Not asked for: they reach out to other machines, start processes, hash passwords by design slowly, or change who may ask at all. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'tryConnection',
  'testConnection',
  'tryStatement',
  'templateStatements',
  'signIn',
  'signOut',
  'changePassword',
  'createUser',
  'startRun',
])

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u202Eabc',
  'ﷺ'.repeat(40),
  '👩‍👩‍👧‍👦',
  '\uD800',
  'Robert"); DROP TABLE users; --',
  "' OR 1=1 --",
  '../../../../etc/passwd',
  '__proto__',
  'constructor',
  'a'.repeat(5_000),
  '\n\r\t\v',
  '%s%n',
  'null',
  '-- \n;',
  '0x1p-3',
  '*/ select 1 /*',
]
const ODD_NUMBERS = [
  '0',
  '-1',
  '2147483647',
  '2147483648',
  '-2147483649',
  '1e308',
  '1e999',
  '-0',
  '0.1',
  '9007199254740993',
  '007',
  '1e-400',
]
const DEEPEST = 4
const MOST_FIELDS = 4

/** @param ids of things that are there, so that more than refusals is reached */
export const fuzzDocuments = (schema: GraphQLSchema, ids: readonly string[]): ((random: Seeded) => FuzzedRequest) => {
  const literal = (random: Seeded, type: GraphQLInputType, depth = 0): string => {
    if (random.fraction() < 0.04) return random.pick([...ODD_NUMBERS, '{}', '[]', 'null', 'SOMETHING', '$x', '"x"', '[[[[1]]]]'])
    if (isNonNullType(type)) return literal(random, type.ofType, depth)
    if (random.fraction() < 0.06) return 'null'
    if (isListType(type)) return `[${times(random, 0, 3, () => literal(random, type.ofType, depth + 1)).join(', ')}]`
    if (isEnumType(type)) return random.pick(type.getValues()).name
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        field => isRequiredInputField(field) || (depth < DEEPEST && random.fraction() < 0.4),
      )
      return `{ ${fields.map(field => `${field.name}: ${givenTo(random, field, depth + 1)}`).join(', ')} }`
    }
    return scalar(random, type.name)
  }
  const givenTo = (random: Seeded, { name, type }: { readonly name: string; readonly type: GraphQLInputType }, depth: number): string =>
    SECRET_NAMES.has(name) && random.fraction() < 0.9 ? JSON.stringify(FUZZED_SECRET) : literal(random, type, depth)
  const scalar = (random: Seeded, name: string): string => {
    switch (name) {
      case 'Int':
        return random.fraction() < 0.3 ? random.pick(ODD_NUMBERS) : String(random.whole(-3, 500))
      case 'Float':
        return random.fraction() < 0.3 ? random.pick(ODD_NUMBERS) : String(random.fraction() * 100)
      case 'Boolean':
        return random.pick(['true', 'false'])
      case 'ID':
        return JSON.stringify(random.pick([...ids, ...ids, 'nothing', ...ODD_TEXTS]))
      case 'DateTime':
        return random.pick(['"2026-01-01T00:00:00Z"', '"0000-00-00"', '"+275760-09-13T00:00:00.001Z"', '"now"', '1'])
      default:
        return JSON.stringify(random.fraction() < 0.5 ? random.pick(ODD_TEXTS) : `text ${random.whole(1, 99)}`)
    }
  }
  const args = (random: Seeded, field: GraphQLField<unknown, unknown>): string => {
    const given = field.args.filter(arg => (isRequiredArgument(arg) ? random.fraction() > 0.02 : random.fraction() < 0.5))
    return given.length === 0 ? '' : `(${given.map(arg => `${arg.name}: ${givenTo(random, arg, 0)}`).join(', ')})`
  }
  const selection = (random: Seeded, output: GraphQLOutputType, depth: number): string => {
    const type = getNamedType(getNullableType(output))
    if (!isCompositeType(type)) return ''
    if (!isObjectType(type)) {
      const some = random.pick(schema.getPossibleTypes(type))
      return ` { __typename ... on ${some.name}${selection(random, some, depth)} }`
    }
    return ` { ${fieldsOf(random, type, depth).join(' ')} }`
  }
  const fieldsOf = (random: Seeded, type: GraphQLObjectType, depth: number): string[] => {
    const all = Object.values(type.getFields()).filter(field => depth < DEEPEST || !isCompositeType(getNamedType(field.type)))
    const chosen = times(random, 1, MOST_FIELDS, () => (all.length === 0 ? null : random.pick(all)))
    return chosen.map((field, i) => {
      if (field === null) return '__typename'
      const alias = random.fraction() < 0.5 ? `a${i}: ` : ''
      return `${alias}${field.name}${args(random, field)}${directive(random)}${selection(random, field.type, depth + 1)}`
    })
  }
  const directive = (random: Seeded): string =>
    random.fraction() < 0.03 ? random.pick([' @skip(if: true)', ' @include(if: $no)', ' @skip', ' @odd(x: 1)']) : ''

  const operation = (random: Seeded): string => {
    const kind = random.pick(['query', 'query', 'query', 'mutation', 'subscription'] as const)
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind]
    const fields = Object.values(root?.getFields() ?? {}).filter(({ name }) => !LEFT_OUT.has(name))
    const asked = times(random, 1, kind === 'query' ? 3 : 1, () => random.pick(fields))
    return `${kind} { ${asked.map((field, i) => `r${i}: ${field.name}${args(random, field)}${selection(random, field.type, 1)}`).join(' ')} }`
  }

  const strange = (random: Seeded): string => {
    const many = random.whole(1, 3_000)
    return random.pick([
      () => `{ ${'run(id: "x") { plan { '.repeat(many)}id${' } }'.repeat(many)} }`,
      () => `{ ${Array.from({ length: many }, (_, i) => `a${i}: health { ok }`).join(' ')} }`,
      () => `query ($v: ${'['.repeat(many)}Int${']'.repeat(many)}) { health { ok } }`,
      () => `{ run(id: ${'['.repeat(many)}1${']'.repeat(many)}) { id } }`,
      () => `{ health { ok ${'@skip(if: false) '.repeat(many)} } }`,
      () =>
        `{ ...A } ${Array.from({ length: 20 }, (_, i) => `fragment ${'ABCDEFGHIJKLMNOPQRST'[i]} on Query { ...${'BCDEFGHIJKLMNOPQRSTA'[i]} health { ok } }`).join(' ')}`,
      () => `{ runs(first: ${random.pick(ODD_NUMBERS)}) { edges { node { history(maxPoints: ${random.pick(ODD_NUMBERS)}) { qps } } } } }`,
      () => '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      () => `{ ${'"""'.repeat(many)}`,
      () => '#'.repeat(many),
      () => random.pick(ODD_TEXTS),
      () => `query A { health { ok } } query B { health { ok } }`,
      () => `{ health { ok } } ${'type A { a: Int } '.repeat(3)}`,
    ])()
  }

  return random => {
    const chance = random.fraction()
    if (chance < 0.5) return { query: operation(random), variables: random.fraction() < 0.1 ? { no: 'thing', x: { a: [1] } } : {} }
    if (chance < 0.7) return { query: mutated(random, withoutSecret(operation(random))), variables: {} }
    if (chance < 0.76) return { query: strange(random), variables: {} }
    return chance < 0.8 ? connectionRequest(random, ids) : templateRequest(random, ids)
  }
}

/** At a place where it is no password, it is told as what it is. */
const withoutSecret = (text: string): string => text.replaceAll(FUZZED_SECRET, 'no secret')

const times = <T>(random: Seeded, from: number, to: number, make: () => T): T[] => Array.from({ length: random.whole(from, to) }, make)

/** A few places deleted, doubled, or replaced. */
const mutated = (random: Seeded, text: string): string => {
  let changed = text
  for (let i = random.whole(1, 4); i > 0; i--) {
    const at = random.whole(0, changed.length)
    const length = random.whole(0, 6)
    const put = random.pick([
      '',
      changed.slice(at, at + 20),
      '{',
      '}',
      '(',
      '"',
      '$',
      '...',
      '@',
      '\u0000',
      '\uFEFF',
      '🙂',
      '\\u{D800}',
      '|',
      '&',
    ])
    changed = changed.slice(0, at) + put + changed.slice(at + length)
  }
  return changed
}

const TEMPLATE = {
  name: 'Fuzzed',
  target: { table: 'orders' },
  operations: { pointLookup: { weight: 100 } },
  load: { mode: 'CONCURRENCY', targetConnections: 2, warmupSeconds: 1, durationSeconds: 2 },
  scaling: { mode: 'FIXED' },
  guardrails: {},
  slos: [],
  tags: [],
  advanced: {},
}

const DOCUMENTS = [
  'name: A\ntarget: { table: orders }\nload: { durationSeconds: 1 }\noperations: { pointLookup: { weight: 100 } }\n',
  'a: &a [x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n',
  '!!js/function "x"',
  '{"name": "A"',
  '- - - -\n',
  'name: !!binary aGk=\n',
  '%YAML 9.9\n---\n',
  '? {a: b}\n: c\n',
  `${'['.repeat(2_000)}`,
  '{"__proto__": {"polluted": true}, "name": "A"}',
]

/** What is said of a template: nonsense in the right shape, and the other way round. */
const templateRequest = (random: Seeded, ids: readonly string[]): FuzzedRequest => {
  const input = nonsense(random, TEMPLATE, ids)
  const id = random.pick([...ids, 'nothing'])
  const document = mutated(random, random.fraction() < 0.5 ? random.pick(DOCUMENTS) : JSON.stringify(input))
  return random.pick<FuzzedRequest>([
    { query: 'mutation ($input: TemplateInput!) { createTemplate(input: $input) { id name } }', variables: { input } },
    {
      query: 'query ($input: TemplateInput!) { checkTemplate(input: $input) { problems { path message } summary hints { path message } } }',
      variables: { input },
    },
    {
      query: 'mutation ($id: ID!, $input: TemplateInput!) { updateTemplate(id: $id, input: $input) { id version } }',
      variables: { id, input },
    },
    {
      query: 'query ($document: String!) { readTemplateDocument(document: $document) { problems { path message } missingConnection } }',
      variables: { document },
    },
    { query: 'mutation ($document: String!) { importTemplate(document: $document) { id } }', variables: { document } },
    {
      query: 'mutation ($id: ID!, $overrides: RunOverrides) { prepareRun(templateId: $id, overrides: $overrides) { id } }',
      variables: { id, overrides: nonsense(random, { durationSeconds: 1, workers: 1, targetConnections: 1, seed: 1 }, ids) },
    },
  ])
}

const CONNECTION = {
  name: 'Fuzzed',
  postgres: { host: '127.0.0.1', port: 5432, user: 'u', password: FUZZED_SECRET, database: 'd', tls: 'OFF' },
}

const connectionRequest = (random: Seeded, ids: readonly string[]): FuzzedRequest => ({
  query: 'mutation ($input: ConnectionInput!) { createConnection(input: $input) { id name } }',
  variables: { input: nonsense(random, CONNECTION, ids) },
})

const nonsense = (random: Seeded, value: unknown, ids: readonly string[]): unknown => {
  const chance = random.fraction()
  if (chance < 0.06) {
    return random.pick<unknown>([null, '', -1, 0, 1e308, 2 ** 31, 0.5, true, [], {}, [[]], { a: 1 }, random.pick(ODD_TEXTS), ...ids])
  }
  if (Array.isArray(value)) return times(random, 0, 2, () => ({ name: random.pick(ODD_TEXTS), value: random.whole(-9, 9) }))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(() => random.fraction() > 0.03)
  if (chance < 0.12)
    entries.push([random.pick(['weight', 'odd', '__proto__', 'constructor', 'sql', 'range']), random.pick<unknown>([1, 'x', null, {}])])
  return Object.fromEntries(entries.map(([name, one]) => [name, nonsense(random, one, ids)]))
}
