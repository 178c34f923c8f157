import { until } from './processes.ts'
import type { RunKit } from './runKit.ts'

/** The value pools of a template, as the API shows them. */
export interface ShownPools {
  readonly id: string | null
  readonly status: 'PREPARING' | 'READY' | 'FAILED' | null
  readonly seed: number | null
  readonly preparedAt: string | null
  readonly valuesPlanned: number
  readonly valuesStored: number
  readonly error: string | null
  readonly isStale: boolean
  readonly staleBecause: string | null
  readonly hint: string | null
  readonly needed: boolean
  readonly neededBecause: readonly string[]
  readonly isUsable: boolean
  readonly pools: readonly { readonly kind: string; readonly column: string | null; readonly size: number }[]
}

const FIELDS = `id status seed preparedAt valuesPlanned valuesStored error isStale staleBecause hint needed neededBecause isUsable
  pools { kind column size }`

export const readPools = async (kit: RunKit, templateId: string): Promise<ShownPools> =>
  (
    await kit.graphql<{ template: { valuePools: ShownPools } }>(`query ($id: ID!) { template(id: $id) { valuePools { ${FIELDS} } } }`, {
      id: templateId,
    })
  ).template.valuePools

export const beginPools = async (kit: RunKit, templateId: string, seed?: number): Promise<ShownPools> =>
  (
    await kit.graphql<{ preparePools: ShownPools }>(
      `mutation ($id: ID!, $seed: Int) { preparePools(templateId: $id, seed: $seed) { ${FIELDS} } }`,
      { id: templateId, seed },
    )
  ).preparePools

/** Until the preparation is over, however it ends. */
export const endedPools = (kit: RunKit, templateId: string): Promise<ShownPools> =>
  until(
    'the preparation is over',
    () => readPools(kit, templateId),
    ({ status }) => status !== 'PREPARING',
  )

/** Prepares pools and waits until they are ready. */
export const preparePools = async (kit: RunKit, templateId: string, seed?: number): Promise<ShownPools & { readonly id: string }> => {
  await beginPools(kit, templateId, seed)
  const pools = await endedPools(kit, templateId)
  if (pools.status !== 'READY') throw new Error(`the value pools are ${pools.status}: ${pools.error}`)
  return pools as ShownPools & { id: string }
}
