/** Names of input fields and arguments whose values are never written anywhere. */
export const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'password',
  'currentPassword',
  'newPassword',
  'privateKey',
  'privateKeyPassphrase',
  'token',
])

/** Of these, the part that may hold a secret. */
const ADDRESS_FIELDS: ReadonlySet<string> = new Set(['url', 'accessUrl'])

const LONGEST = 2_000
export const TAKEN_OUT = '***'

/** Into these, whole addresses with passwords are typed by mistake. */
const PLACE_FIELDS: ReadonlySet<string> = new Set(['host', 'user', 'database', 'account', 'name', 'role', 'tokenFile', 'ca'])

/** An address, when it is one that holds neither user nor parameters: passwords are there, and anywhere in what is no address. */
const withoutSecrets = (address: string): string => {
  const url = /^(https?|postgres(ql)?):\/\//i.test(address) && URL.canParse(address) ? new URL(address) : null
  const isPlain = url !== null && !/[@?#=\s]/.test(address) && !url.pathname.includes(':')
  return isPlain ? address : TAKEN_OUT
}

const mayHoldSecret = (text: string, name: string): boolean =>
  /:\/\/|:.*@|(password|pwd|token)\s*=|PRIVATE KEY/is.test(text) || (name === 'user' && text.includes(':'))

const redactText = (text: string, name: string): string => {
  if (ADDRESS_FIELDS.has(name)) return withoutSecrets(text)
  return PLACE_FIELDS.has(name) && mayHoldSecret(text, name) ? TAKEN_OUT : text
}

/** Half characters, as a cut leaves them, are no text to a database. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD')

const redact = (value: unknown, name: string): unknown => {
  if (value == null) return value
  if (SECRET_FIELDS.has(name)) return TAKEN_OUT
  if (typeof value === 'string') return wellFormed(redactText(value, name))
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(one => redact(one, name))
  if (typeof value === 'object') return redactAll(value as Readonly<Record<string, unknown>>)
  return value
}

const redactAll = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[wellFormed(name), redact(value, name)]])),
  )

/** Arguments of a mutation as the audit log keeps them: without secrets; as text that is cut, where they are long. */
export const auditDetail = (args: Readonly<Record<string, unknown>>, refusal: string | null): Readonly<Record<string, unknown>> => {
  const asked = redactAll(args)
  const text = JSON.stringify(asked)
  return {
    arguments: text.length <= LONGEST ? asked : `${wellFormed(text.slice(0, LONGEST))}…`,
    ...(refusal === null ? {} : { refusal }),
  }
}
