import { Refusal } from '../refusal.ts'
import type { PageInfo } from './pageInfo.type.ts'

const LARGEST_PAGE = 200

/** @throws Refusal when it is not from 1 to 200 */
export const pageSize = (first: number): number => {
  if (first >= 1 && first <= LARGEST_PAGE) return first
  throw new Refusal('VALIDATION_FAILED', `first must be from 1 to ${LARGEST_PAGE}; it is ${first}`, [
    { path: 'first', message: `first must be from 1 to ${LARGEST_PAGE}; it is ${first}` },
  ])
}

/** A Relay page of rows whose ids are their cursors; `rows` holds one more than `size` when there is a next page. */
export const pageOf = <N extends { readonly id: string }>(
  rows: readonly N[],
  size: number,
  totalCount: number,
): { edges: { node: N; cursor: string }[]; pageInfo: PageInfo; totalCount: number } => {
  const shown = rows.slice(0, size)
  return {
    edges: shown.map(node => ({ node, cursor: node.id })),
    pageInfo: { hasNextPage: rows.length > size, endCursor: shown.at(-1)?.id ?? null },
    totalCount,
  }
}
