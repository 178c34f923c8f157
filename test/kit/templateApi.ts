import type { TemplateInput } from '@flakebench/contract'
import type { GraphqlError } from './graphql.ts'
import type { RunKit } from './runKit.ts'

/** What a request is refused with. */
export const refused = async (asked: Promise<unknown>): Promise<GraphqlError> => {
  const words = await asked.then(
    answer => Promise.reject(new Error(`not refused: ${JSON.stringify(answer)}`)),
    (error: Error) => error.message,
  )
  return JSON.parse(words)[0]
}

/** The connection of a run kit. */
export const CONNECTION = 'System under test'

/** Two connections for a moment; which connection it goes through is left to the server. */
export const inputOf = (change: TemplateInput = {}): TemplateInput => ({
  name: 'Orders',
  target: { table: 'orders' },
  operations: { pointLookup: { weight: 100 } },
  load: { targetConnections: 2, durationSeconds: 2, warmupSeconds: 1 },
  ...change,
})
export const withConnections = (targetConnections: number): TemplateInput =>
  inputOf({ load: { targetConnections, durationSeconds: 2, warmupSeconds: 1 } })

export const TEMPLATE_FIELDS = `id name version isUsed createdBy usageCount target { connectionId connectionName } load { targetConnections }
  versions { version createdBy runCount summary changes template { version isUsed load { targetConnections } } }`

export interface ShownVersion {
  readonly version: number
  readonly createdBy: string | null
  readonly runCount: number
  readonly summary: string
  readonly changes: readonly string[]
  readonly template: { readonly version: number; readonly isUsed: boolean; readonly load: { readonly targetConnections: number } }
}

export interface ShownTemplate {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly isUsed: boolean
  readonly target: { readonly connectionId: string | null; readonly connectionName: string | null }
  readonly versions: readonly ShownVersion[]
}

export interface TemplateApi {
  create(input?: TemplateInput): Promise<ShownTemplate>
  update(id: string, input: TemplateInput, expectedVersion?: number | null): Promise<ShownTemplate>
  read(id: string): Promise<ShownTemplate>
}

/** Templates as the API has them. @param kit asked for it when it is needed */
export const templateApi = (kit: () => RunKit): TemplateApi => ({
  create: async (input = inputOf()) =>
    (
      await kit().graphql<{ made: ShownTemplate }>(
        `mutation ($input: TemplateInput!) { made: createTemplate(input: $input) { ${TEMPLATE_FIELDS} } }`,
        { input },
      )
    ).made,
  update: async (id, input, expectedVersion = null) =>
    (
      await kit().graphql<{ changed: ShownTemplate }>(
        `mutation ($id: ID!, $input: TemplateInput!, $expectedVersion: Int) {
           changed: updateTemplate(id: $id, input: $input, expectedVersion: $expectedVersion) { ${TEMPLATE_FIELDS} } }`,
        { id, input, expectedVersion },
      )
    ).changed,
  read: async id =>
    (await kit().graphql<{ template: ShownTemplate }>(`query ($id: ID!) { template(id: $id) { ${TEMPLATE_FIELDS} } }`, { id })).template,
})
