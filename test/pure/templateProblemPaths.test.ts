import { readFileSync } from 'node:fs'
import { validateTemplate } from '@flakebench/contract'
import { buildSchema, type GraphQLInputType, type GraphQLSchema, isInputObjectType, isListType, isNonNullType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOCUMENT_FIELDS, type DocumentFields, isFieldList, isLeaf } from '../../server/src/templates/documentFields.ts'
import { randomTemplate } from '../kit/randomTemplate.ts'
import { forAll, type Seeded } from '../kit/seeded.ts'

const schema: GraphQLSchema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))
const INPUT = schema.getType('TemplateInput') as GraphQLInputType

/** The type of the field at a path of TemplateInput; undefined where there is none. */
const typeAt = (path: string): GraphQLInputType | undefined =>
  path.split('.').reduce<GraphQLInputType | undefined>((type, part) => {
    const bare = type !== undefined && isNonNullType(type) ? (type.ofType as GraphQLInputType) : type
    if (isListType(bare)) return /^\d+$/.test(part) ? bare.ofType : undefined
    return isInputObjectType(bare) ? bare.getFields()[part]?.type : undefined
  }, INPUT)

/** Every path of TemplateInput, with * for the entries of lists. */
const pathsOf = (type: GraphQLInputType, path: string): string[] => {
  if (isNonNullType(type)) return pathsOf(type.ofType as GraphQLInputType, path)
  if (isListType(type)) return [path, ...pathsOf(type.ofType, `${path}.*`)]
  if (!isInputObjectType(type)) return [path]
  return [
    ...(path === '' ? [] : [path]),
    ...Object.values(type.getFields()).flatMap(field => pathsOf(field.type, path === '' ? field.name : `${path}.${field.name}`)),
  ]
}

const ANY: readonly unknown[] = [
  '',
  ' ',
  'x',
  -1,
  0,
  0.001,
  1e9,
  Number.NaN,
  true,
  [],
  {},
  [null],
  ['x'],
  [{}],
  { x: 1 },
  null,
  'QPS',
  'FIXED',
  'DELETE FROM t',
  'SELECT ?',
]

/** A value with something else in one place of it. */
const broken = (random: Seeded, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return random.pick(ANY)
  const keys = random.fraction() < 0.15 ? [] : Object.keys(value)
  if (keys.length === 0) return random.pick(ANY)
  const key = random.pick(keys)
  if (!Array.isArray(value)) return { ...value, [key]: broken(random, (value as Record<string, unknown>)[key]) }
  const copies = random.fraction() < 0.3 ? [value[Number(key)]] : []
  return [...value.map((item, i) => (String(i) === key ? broken(random, item) : item)), ...copies]
}

const problemsOf = (input: unknown) => {
  const checked = validateTemplate(input)
  return checked.ok ? [] : checked.problems
}

describe('the problems of a template', () => {
  it('each have the path of a field of its input, and name it', () => {
    const seen = new Set<string>()
    forAll(random => {
      let input: unknown = randomTemplate(random)
      for (let i = random.whole(1, 4); i > 0; i--) input = broken(random, input)
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return
      for (const { path, message } of problemsOf(input)) {
        // A field that is not there cannot be sent, but in a document.
        if (message.endsWith('is not a known field: remove it')) continue
        expect({ path, message, isField: typeAt(path) !== undefined }).toEqual({ path, message, isField: true })
        seen.add(path.replace(/\.\d+(?=\.|$)/g, '.*'))
      }
    }, 300)
    expect(seen.size).toBeGreaterThan(60)
  })

  it('are told at every field that may be wrong', () => {
    const sections = ['tags', 'slos', 'target', 'operations', 'load', 'load.findMax', 'scaling', 'guardrails', 'sloAbort', 'advanced']
    const wrongEverywhere = (type: GraphQLInputType): unknown => {
      if (isNonNullType(type)) return wrongEverywhere(type.ofType as GraphQLInputType)
      if (isListType(type)) return [wrongEverywhere(type.ofType)]
      if (!isInputObjectType(type)) return { wrong: true }
      return Object.fromEntries(Object.values(type.getFields()).map(field => [field.name, wrongEverywhere(field.type)]))
    }
    const told = new Set(problemsOf(wrongEverywhere(INPUT)).map(({ path }) => path.replace(/\.\d+(?=\.|$)/g, '.*')))
    const values = pathsOf(INPUT, '').filter(path => {
      const type = typeAt(path.replaceAll('*', '0'))
      const bare = type !== undefined && isNonNullType(type) ? type.ofType : type
      return !isInputObjectType(bare) && !isListType(bare)
    })
    expect(values.filter(path => !told.has(path))).toEqual([])
    expect([...told].filter(path => !values.includes(path))).toEqual([])
    // And of what holds other fields, where it is of another type as a whole.
    for (const path of [...sections, 'operations.generic']) {
      const [section = '', inner] = path.split('.')
      const input = { [section]: inner === undefined ? 'wrong' : { [inner]: 'wrong' } }
      expect(problemsOf(input).map(problem => problem.path)).toContain(path)
    }
  })
})

describe('the fields of a document', () => {
  it('are those of the input, but for the connection, which is named', () => {
    const listed = (fields: DocumentFields, path: string): string[] =>
      Object.entries(fields).flatMap(([name, field]) => {
        const place = path === '' ? name : `${path}.${name}`
        if (isLeaf(field)) return [place]
        return isFieldList(field) ? [place, ...listed(field.each, `${place}.*`)] : [place, ...listed(field, place)]
      })
    const ofInput = pathsOf(INPUT, '').filter(path => !/\.\*$/.test(path))
    expect(listed(DOCUMENT_FIELDS, '').sort()).toEqual(
      ofInput.map(path => (path === 'target.connectionId' ? 'target.connection' : path)).sort(),
    )
  })
})
