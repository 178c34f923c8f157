import { ROLES } from '@flakebench/contract'
import { type GraphQLInputType, type GraphQLSchema, getNamedType, isInputObjectType, isScalarType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { auditDetail, SECRET_FIELDS } from '../../server/src/access/auditDetail.ts'
import { decideAccess } from '../../server/src/access/decideAccess.ts'
import { needlessRules } from '../../server/src/access/guardSchema.ts'
import { RULES } from '../../server/src/access/rules.ts'
import { buildApiSchema } from '../../server/src/api/schema.ts'

let schema: GraphQLSchema
beforeAll(async () => {
  schema = await buildApiSchema()
})

describe('who may', () => {
  it.each([
    [null, 'ANYBODY', undefined],
    [null, 'SIGNED_IN', 'UNAUTHENTICATED'],
    [null, 'VIEWER', 'UNAUTHENTICATED'],
    ['VIEWER', 'ANYBODY', undefined],
    ['VIEWER', 'SIGNED_IN', undefined],
    ['VIEWER', 'VIEWER', undefined],
    ['VIEWER', 'OPERATOR', 'FORBIDDEN'],
    ['OPERATOR', 'AUTHOR', 'FORBIDDEN'],
    ['AUTHOR', 'OPERATOR', undefined],
    ['AUTHOR', 'ADMIN', 'FORBIDDEN'],
    ['ADMIN', 'ADMIN', undefined],
  ] as const)('%s what asks for %s: %s', (role, rule, code) => {
    expect(decideAccess(rule, { role })?.code).toBe(code)
  })

  it('is told which role is missing', () => {
    expect(decideAccess('ADMIN', { role: 'AUTHOR' })?.message).toBe('This needs the role ADMIN, and yours is AUTHOR: ask an admin for it')
  })

  it('is ruled for fields that are there, and open to everybody for four of them alone', () => {
    expect(needlessRules(schema)).toEqual([])
    const open = Object.keys(RULES).filter(field => RULES[field] === 'ANYBODY')
    expect(open.sort()).toEqual(['Mutation.signIn', 'Mutation.signOut', 'Query.health', 'Query.viewer'])
    expect(Object.values(RULES).every(rule => ['ANYBODY', 'SIGNED_IN', ...ROLES].includes(rule))).toBe(true)
  })
})

/** Every input field and argument of a mutation whose value is text, by the name of its type and its own. */
const textInputs = (): ReadonlySet<string> => {
  const found = new Set<string>()
  const look = (owner: string, name: string, type: GraphQLInputType): void => {
    const named = getNamedType(type)
    if (isScalarType(named) && named.name === 'String') found.add(`${owner}.${name}`)
    if (!isInputObjectType(named) || seen.has(named.name)) return
    seen.add(named.name)
    for (const field of Object.values(named.getFields())) look(named.name, field.name, field.type)
  }
  const seen = new Set<string>()
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    for (const { name, type } of field.args) look(field.name, name, type)
  }
  return found
}

/** All that is text and may be written into the audit log: what is new is looked at, and put here or into SECRET_FIELDS. */
const NO_SECRET = [
  /^(annotateRun|stopRun|deleteRun|restoreRun)\./,
  /^(signIn|UserInput|ApiTokenInput|ConnectionInput|duplicateTemplate|tryStatement)\.(name|label)$/,
  /^importRun\.file$/,
  /^importTemplate\.document$/,
  /^ExecutionFilter\.labels$/,
  /^PostgresConnectionInput\.(host|user|database|ca|url)$/,
  /^SnowflakeConnectionInput\.(account|user|role|accessUrl|tokenFile)$/,
  // A template's texts are names, SQL and values of the mix.
  /^(Template|Target|Tag|TableColumn|Canonical|Generic|Parameter|Operation|Advanced|Load|Slo|Pool|Column|Run|Guardrail|Scaling|Workload)\w*\./,
]

describe('the audit log', () => {
  it('holds no text of a mutation that nobody has looked at', () => {
    const unknown = [...textInputs()].filter(
      path => !SECRET_FIELDS.has(path.split('.')[1] ?? '') && !NO_SECRET.some(pattern => pattern.test(path)),
    )
    expect(unknown).toEqual([])
  })

  it('has every secret taken out, wherever it stands', () => {
    const secret = 'S3CRET'
    const secrets = Object.fromEntries([...SECRET_FIELDS].map(name => [name, secret]))
    const detail = JSON.stringify(auditDetail({ ...secrets, input: { deep: [secrets], name: 'Ada', none: null } }, 'CONFLICT'))
    expect(detail).not.toContain(secret)
    expect(JSON.parse(detail)).toMatchObject({ refusal: 'CONFLICT', arguments: { password: '***', input: { name: 'Ada', none: null } } })
  })

  it.each([
    ['postgresql://ada:S3CRET@db:5432/x?sslmode=verify-full', '***'],
    ['postgresql://ada:S3/CR@ET@db/x', '***'],
    ['postgresql://db/x?password=S3CRET', '***'],
    ['ada:S3CRET@db', '***'],
    ['https://db/x', 'https://db/x'],
    ['host=db user=ada password=S3CRET', '***'],
    ['jdbc:postgresql://db/x?user=ada&password=S3CRET', '***'],
    ['postgresql:ada:S3CRET@db/x', '***'],
  ])('has the password of an address taken out: %s', (url, kept) => {
    expect(auditDetail({ input: { postgres: { url } } }, null)).toEqual({ arguments: { input: { postgres: { url: kept } } } })
  })

  it.each([
    ['host', 'postgresql://u:S3CRET@h/db'],
    ['host', 'u:S3CRET@h'],
    ['account', 'https://u:S3CRET@h'],
    ['database', 'db password=S3CRET'],
    ['user', 'app:S3CRET'],
    ['name', 'postgresql://u:S3CRET@h/db'],
  ])('has a password taken out that was typed into %s', (field, text) => {
    expect(auditDetail({ input: { [field]: text, port: 1 } }, null)).toEqual({ arguments: { input: { [field]: '***', port: 1 } } })
    expect(auditDetail({ [field]: 'plain@words' }, null)).toEqual({ arguments: { [field]: 'plain@words' } })
  })

  it('cuts what is long', () => {
    const { arguments: kept } = auditDetail({ document: 'x'.repeat(5_000) }, null)
    expect(kept).toMatch(/^\{"document":"x+…$/)
    expect(String(kept).length).toBe(2_001)
  })
})
