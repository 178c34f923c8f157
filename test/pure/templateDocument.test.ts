import { TABLE_TYPES, type Template } from '@flakebench/contract'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { demoTemplates } from '../../server/src/demo/demoTemplates.ts'
import { readDocument } from '../../server/src/templates/readDocument.ts'
import { DOCUMENT_FORMATS, writeDocument } from '../../server/src/templates/writeDocument.ts'
import { NASTY_TEXTS, randomTemplate } from '../kit/randomTemplate.ts'
import { forAll } from '../kit/seeded.ts'
import { SMALLEST, soundTemplate } from '../kit/templateInput.ts'

const problemsIn = (document: string) => readDocument(document).problems
const messageIn = (document: string): string => problemsIn(document)[0]?.message ?? 'nothing is wrong'
/** In a document the connection has a name, and no id. */
const withoutConnection = (template: Template): Template => ({ ...template, target: { ...template.target, connectionId: null } })

const WHOLE = `
name: Orders
target:
  connection: Shop
  table: orders
operations:
  pointLookup:
    weight: 100
`

describe('a template as a document', () => {
  it.each(DOCUMENT_FORMATS)('is read from %s as it was written, whatever it holds', format => {
    forAll(random => {
      const template = randomTemplate(random)
      const name = random.pick([null, ...NASTY_TEXTS])
      const document = writeDocument(template, name, 3, format)
      expect(readDocument(document)).toEqual({ template, problems: [], connectionName: name?.trim() ?? null })
    }, 40)
  })

  it.each(['\n', '\r\n'])('may have been saved with other ends of lines: %j', end => {
    const template = soundTemplate({
      ...SMALLEST,
      operations: { pointLookup: { weight: 100, sql: 'SELECT *\n  FROM {table}\n WHERE id = ?' } },
    })
    expect(readDocument(writeDocument(template, null, 1, 'YAML').replaceAll('\n', end)).template).toEqual(template)
  })

  it('leaves out what has its default, and is in the order of the editor', () => {
    const template = soundTemplate({
      ...SMALLEST,
      load: { durationSeconds: 60, targetConnections: 10 },
      advanced: { seed: 7, rangeSize: 100 },
      operations: { update: { weight: 20 }, pointLookup: { weight: 80, sql: 'SELECT *\nFROM {table}\nWHERE id = ?' } },
    })
    expect(writeDocument(template, 'Shop', 4, 'YAML')).toBe(`# FlakeBench template "orders", version 4.
# Fields that are left out have their defaults.
format: 1
name: orders
target:
  connection: Shop
  table: orders
operations:
  pointLookup:
    weight: 80
    sql: |-
      SELECT *
      FROM {table}
      WHERE id = ?
  update:
    weight: 20
load:
  durationSeconds: 60
advanced:
  seed: 7
`)
    expect(JSON.parse(writeDocument(template, null, 4, 'JSON'))).toEqual({
      format: 1,
      name: 'orders',
      target: { table: 'orders' },
      operations: { pointLookup: { weight: 80, sql: 'SELECT *\nFROM {table}\nWHERE id = ?' }, update: { weight: 20 } },
      load: { durationSeconds: 60 },
      advanced: { seed: 7 },
    })
  })

  it('has the exact numbers of a fixed fleet, also where they are one', () => {
    const template = soundTemplate({ ...SMALLEST, scaling: { mode: 'FIXED', minWorkers: 1, minConnections: 1 } })
    expect(parse(writeDocument(template, null, 1, 'YAML'))).toMatchObject({ scaling: { mode: 'FIXED', minWorkers: 1, minConnections: 1 } })
  })

  it('never has an id of the connection', () => {
    const template = soundTemplate({ ...SMALLEST, target: { table: 'orders', connectionId: 'c-1234' } })
    for (const format of DOCUMENT_FORMATS) expect(writeDocument(template, null, 1, format)).not.toContain('c-1234')
  })

  it('is there for every demo template', () => {
    for (const input of demoTemplates('c-1')) {
      const template = soundTemplate(input)
      expect(readDocument(writeDocument(template, 'Demo', 1, 'YAML')).template).toEqual(withoutConnection(template))
    }
  })

  it('has the words of a value that older readers take for something else in quotes', () => {
    const document = writeDocument(soundTemplate({ ...SMALLEST, name: 'yes', description: '2026-11-22' }), null, 1, 'YAML')
    expect(document).toContain('name: "yes"')
    expect(parse(document, { version: '1.1' })).toMatchObject({ name: 'yes', description: '2026-11-22' })
  })
})

describe('a document that somebody has written', () => {
  it('is a template with all defaults', () => {
    const { template, problems, connectionName } = readDocument(WHOLE)
    expect({ problems, connectionName }).toEqual({ problems: [], connectionName: 'Shop' })
    expect(template).toEqual(soundTemplate({ ...SMALLEST, name: 'Orders' }))
  })

  it('may be JSON, indented with tabs and written with escapes', () => {
    const text =
      '{\n\t"name": "\\ud83e\\udd86 \\/ \\u00e4",\n\t"target": {"table": "orders"},\n\t"operations": {"pointLookup": {"weight": 1e2}}\n}'
    expect(readDocument(text)).toMatchObject({ problems: [], template: { name: '🦆 / ä' } })
  })

  it('may begin with a byte order mark', () => {
    expect(problemsIn(`\ufeff${WHOLE}`)).toEqual([])
  })

  it.each<[string, string]>([
    ['', 'The document is empty: it must hold the fields of a template'],
    ['# nothing', 'The document is empty: it must hold the fields of a template'],
    ['- name: x', 'The document must hold the fields of a template: name, target, operations, …'],
    ['hello', 'The document must hold the fields of a template: name, target, operations, …'],
    ['name: [a', 'Line 1, column 9: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['name: a\ntarget:\n\ttable: b', 'Line 3, column 1: Tabs are not allowed as indentation'],
    ['name: a\n  b: c', 'Line 1, column 7: Nested mappings are not allowed in compact mappings'],
    ['{"name": "a", }}', 'Line 1, column 16: Unexpected flow-map-end token in YAML stream: "}"'],
    ['name: a\nname: b', 'Line 2, column 1: "name" is there twice: leave one out'],
    ['name: a\n---\nname: b', 'Line 2, column 1: Source contains multiple documents'],
    ['name: !!js/function "f"', 'Line 1, column 7: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['name: !own a', 'Line 1, column 7: Unresolved tag: !own'],
    ['name: *nobody', 'Line 1, column 7: *nobody stands for nothing: no part before it is named &nobody'],
  ])('that cannot be read says where: %j', (document, message) => {
    expect(readDocument(document)).toEqual({ template: null, problems: [{ path: '', message }], connectionName: null })
  })

  it('has a bounded size', () => {
    expect(messageIn(`${WHOLE}# ${'x'.repeat(256 * 1024)}`)).toBe('A document has at most 256 KB; this one has 257')
  })

  it.each<[string, string]>([
    ['levels of lists', `name: ${'['.repeat(5_000)}`],
    ['levels of fields', `name: ${'{a: '.repeat(5_000)}`],
    ['a list that holds itself', 'name: &a [*a]'],
    [
      'laughter',
      `a: &a [${'x, '.repeat(9)}x]\n${[...'bcdefgh'].map((each, i) => `${each}: &${each} [${`*${'abcdefg'[i]}, `.repeat(9)}x]`).join('\n')}`,
    ],
    ['many fields', Array.from({ length: 8_000 }, (_, i) => `k${i}:`).join('\n')],
    ['many fields twice', 'a:\n'.repeat(20_000)],
    ['many aliases', `a: &a 1\nb: [${'*a,'.repeat(20_000)}*a]`],
    ['many operations', `operations: { generic: [${'1,'.repeat(30_000)}1] }`],
    ['many wrong values', `operations: { generic: [{ parameters: [{ values: [${'[],'.repeat(9_000)}[]] }, ${'1,'.repeat(400)}1] }] }`],
    ['many tags', `tags: [${'{key: a},'.repeat(5_000)}{key: a}]`],
    ['one long list many times', `a: &a [${'0,'.repeat(20_000)}0]\nb: [${'*a,'.repeat(60)}*a]`],
  ])('cannot grow as it is read: %s', (_, document) => {
    const read = readDocument(document)
    expect(read.problems.length).toBeGreaterThan(0)
    expect(read.problems.length).toBeLessThan(210)
    expect(JSON.stringify(read).length).toBeLessThan(50_000)
  })

  it('that is nested too deeply says so', () => {
    expect(messageIn(`name: ${'['.repeat(5_000)}`)).toMatch(/^Line 1, column \d+: The document is nested too deeply for a template$/)
  })

  it('may name a part once and use it twice', () => {
    const document = `${WHOLE}slos:\n  - &strict { kind: POINT_LOOKUP, p95Ms: 5 }\nload: &load { durationSeconds: 60 }\n`
    expect(problemsIn(document)).toEqual([])
    expect(messageIn(`${WHOLE}load:\n  <<: *x`)).toContain('*x stands for nothing')
  })

  it.each<[string, string, string]>([
    ['nmae: x', 'nmae', 'nmae is not a field of a template: did you mean name?'],
    [
      'load:\n  duration_seconds: 5',
      'load.duration_seconds',
      'load.duration_seconds is not a field of a template: did you mean load.durationSeconds?',
    ],
    [
      'load:\n  durationSecond: 5',
      'load.durationSecond',
      'load.durationSecond is not a field of a template: did you mean load.durationSeconds?',
    ],
    ['durationSeconds: 5', 'durationSeconds', 'durationSeconds is not a field of a template: did you mean load.durationSeconds?'],
    ['load:\n  seed: 5', 'load.seed', 'load.seed is not a field of a template: did you mean advanced.seed?'],
    ['slos:\n  - { kind: INSERT, p95: 5 }', 'slos.0.p95', 'slos.0.p95 is not a field of a template: did you mean slos.0.p95Ms?'],
    ['weather: fine', 'weather', 'weather is not a field of a template: remove it'],
    ['__proto__: {a: 1}', '__proto__', '__proto__ is not a field of a template: remove it'],
    ['constructor: 1', 'constructor', 'constructor is not a field of a template: remove it'],
    ['<<: {a: 1}', '<<', '<< is not a field of a template: remove it'],
    ['7: x', '7', '7 is not a field of a template: remove it'],
  ])('names a field that no template has: %j', (more, path, message) => {
    const read = readDocument(WHOLE + more)
    expect(read.problems).toEqual([{ path, message }])
    expect(read.template).toMatchObject({ name: 'Orders', target: { table: 'orders' } })
  })

  it('has no ids of connections', () => {
    expect(problemsIn(WHOLE.replace('connection: Shop', 'connectionId: c-1'))).toEqual([
      {
        path: 'target.connectionId',
        message: 'target.connectionId is not a field of a template: name the connection in target.connection',
      },
    ])
    expect(problemsIn(WHOLE.replace('connection: Shop', 'connection: [a]'))).toEqual([
      { path: 'target.connectionId', message: 'target.connection must be the name of a connection' },
    ])
  })

  it('is told of every problem at once, and is there as far as it can be read', () => {
    const { template, problems } = readDocument(
      'name: 12\ntarget: { tableType: HYBIRD, tabel: orders }\noperations: { pointLookup: { weight: 95 } }\nload: { durationSeconds: "1e3" }',
    )
    expect(problems.map(({ path }) => path).sort()).toEqual(
      ['load.durationSeconds', 'name', 'operations', 'target.tabel', 'target.table', 'target.tableType'].sort(),
    )
    expect(problems).toContainEqual({
      path: 'target.tableType',
      message: `target.tableType must be one of ${TABLE_TYPES.join(', ')}; it is "HYBIRD"`,
    })
    expect(template).toMatchObject({ name: '', target: { table: '' }, operations: { pointLookup: { weight: 95 } } })
  })

  it.each(['name', 'target', 'operations', 'load', 'slos', 'operations.generic', 'advanced'])(
    'is refused in words where %s is of another type',
    field => {
      for (const wrong of ['text', '5', 'true', '[1, 2]', '{ a: 1 }', '[{ a: [1] }]']) {
        const [section, inner] = field.split('.')
        const document = `${WHOLE.replace(new RegExp(`^${section}:[^]*?(?=^\\S|$(?![^]))`, 'm'), '')}${section}: ${inner === undefined ? wrong : `{ ${inner}: ${wrong} }`}`
        if (field === 'name' && wrong === 'text') continue
        expect({ document, problems: problemsIn(document) }).toMatchObject({
          problems: [expect.anything(), ...problemsIn(document).slice(1)],
        })
      }
    },
  )

  it('never fails, however it is broken', () => {
    forAll(random => {
      const text = writeDocument(randomTemplate(random), 'Shop', 1, random.pick(DOCUMENT_FORMATS))
      const letters = [...text]
      for (let i = random.whole(1, 6); i > 0; i--)
        letters.splice(random.whole(0, letters.length), random.whole(0, 5), random.pick([...NASTY_TEXTS, '\n', '  ', ':', '{', '"']))
      const { template, problems } = readDocument(letters.join(''))
      expect(template !== null || problems.length > 0).toBe(true)
    }, 40)
  })
})
