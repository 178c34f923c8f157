import type { OperationKind } from '@flakebench/contract'
import { generic } from './generic.ts'
import { insert } from './insert.ts'
import type { KindOfOperation } from './operation.ts'
import { pointLookup } from './pointLookup.ts'
import { rangeScan } from './rangeScan.ts'
import { update } from './update.ts'

/** The kinds of operation that can be sent. */
export const KINDS: Readonly<Record<OperationKind, KindOfOperation>> = {
  POINT_LOOKUP: pointLookup,
  RANGE_SCAN: rangeScan,
  INSERT: insert,
  UPDATE: update,
  GENERIC_SQL: generic,
}
