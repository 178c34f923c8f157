import type { RunListing, RunSort } from '@flakebench/store'
import { refuseOddFilter } from '../filterProblems.ts'
import type { RunFilter } from '../run/run.input.ts'

/** @throws Refusal for values that no column could be compared with */
export const toListing = (filter: RunFilter | null | undefined): RunListing => {
  refuseOddFilter(filter)
  return listingOf(filter)
}

const listingOf = (filter: RunFilter | null | undefined): RunListing => ({
  statuses: filter?.status ?? null,
  templateId: filter?.templateId ?? null,
  tableTypes: filter?.tableType ?? null,
  loadModes: filter?.loadMode ?? null,
  scalingModes: filter?.scaling ?? null,
  warehouseSizes: filter?.warehouseSize ?? null,
  tags: filter?.tags?.map(tag => tag.trim()) ?? null,
  isBaseline: filter?.isBaseline ?? null,
  fingerprint: filter?.fingerprint ?? null,
  createdFromMs: filter?.createdFrom?.getTime() ?? null,
  createdToMs: filter?.createdTo?.getTime() ?? null,
  isDeleted: filter?.deleted ?? null,
  search: filter?.search ?? null,
})

export const toSort = (sort: RunSort | null | undefined): RunSort => ({
  field: sort?.field ?? 'CREATED',
  direction: sort?.direction ?? 'DESC',
})
