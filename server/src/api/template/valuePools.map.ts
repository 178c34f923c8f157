import { choosePoolSet, poolHint, poolNeeds, staleBecause, type Template, type ValuePoolSet } from '@flakebench/contract'
import { moment, momentOrNull } from '../run/run.map.ts'
import type { ValuePools } from './valuePools.type.ts'

/** @param sets newest first @param nowMs by the database's clock */
export const toValuePools = (template: Template, sets: readonly ValuePoolSet[], nowMs: number): ValuePools => {
  const needs = poolNeeds(template).map(({ message }) => message)
  const of = { needed: needs.length > 0, neededBecause: needs, isUsable: choosePoolSet(sets, template) !== null }
  const [newest] = sets
  if (newest === undefined) return { ...NOTHING, ...of }
  const { id, status, seed, requestedAtMs, preparedAtMs, valuesPlanned, valuesStored, error, table } = newest
  const because = staleBecause(newest, template)
  return {
    id,
    status,
    seed,
    requestedAt: moment(requestedAtMs),
    preparedAt: momentOrNull(preparedAtMs),
    valuesPlanned,
    valuesStored,
    error,
    isStale: because !== null,
    staleBecause: because,
    hint: because === null ? poolHint(newest, nowMs) : null,
    pools: (table?.pools ?? []).map(({ kind, column, size }) => ({ kind, column: column === '' ? null : column, size })),
    ...of,
  }
}

const NOTHING = {
  id: null,
  status: null,
  seed: null,
  requestedAt: null,
  preparedAt: null,
  valuesPlanned: 0,
  valuesStored: 0,
  error: null,
  isStale: false,
  staleBecause: null,
  hint: null,
  pools: [],
}
