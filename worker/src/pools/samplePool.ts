import type { JsonScalar, PoolSize, ProfiledColumn, TableProfile, Target } from '@flakebench/contract'
import type { Engine } from '../engines/engine.ts'
import { columnNamed } from '../operations/operation.ts'
import { seededRandom } from '../operations/random.ts'
import { momentsWithin, poolValueOf } from './poolValue.ts'

export interface PoolSampling {
  readonly engine: Engine
  readonly target: Target
  readonly profile: TableProfile
  readonly seed: number
}

type PoolValue = JsonScalar | Readonly<Record<string, JsonScalar>>

/** Of no use as values to write, or not to be had as text. */
const UNFIT_TYPE = /^(bytea|binary|varbinary|geo|vector|variant|object|array|map|tsvector)/i

/** The values of one pool, in batches; the same seed of the same table gives the same ones. */
export async function* samplePool(
  { engine, target, profile, seed }: PoolSampling,
  { kind, column, size }: PoolSize,
): AsyncGenerator<readonly PoolValue[]> {
  const request = { target, profile, size, seed }
  switch (kind) {
    case 'KEY': {
      const { type } = columnNamed(profile, column)
      for await (const keys of engine.pools.sampleKeys(request)) yield keys.map(key => poolValueOf(key, type))
      return
    }
    case 'COLUMN': {
      const { type } = columnNamed(profile, column)
      for await (const rows of engine.pools.sampleRows({ ...request, columns: [column], isWithoutNull: true })) {
        yield rows.map(([text]) => poolValueOf(text as string, type))
      }
      return
    }
    case 'ROW': {
      const columns = profile.columns.filter(one => !UNFIT_TYPE.test(one.type))
      for await (const rows of engine.pools.sampleRows({ ...request, columns: columns.map(({ name }) => name), isWithoutNull: false })) {
        yield rows.map(row => rowOf(columns, row))
      }
      return
    }
    case 'RANGE': {
      const span = await engine.pools.readTimeSpan(target, column)
      if (span !== null) yield momentsWithin(span, size, seededRandom(seed, 0, `moments of ${column}`))
    }
  }
}

const rowOf = (columns: readonly ProfiledColumn[], row: readonly (string | null)[]): Readonly<Record<string, JsonScalar>> =>
  Object.fromEntries(
    columns.map(({ name, type }, i) => {
      const text = row[i] ?? null
      return [name, text === null ? null : poolValueOf(text, type)]
    }),
  )
