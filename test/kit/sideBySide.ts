import { BaseSequencer, type TestSpecification } from 'vitest/node'

const COMPUTING = 'pure'

/**
 * The projects side by side instead of one after the other: the suites behind Snowflake's protocol mostly wait, and those on PostgreSQL keep the cores
 * busy meanwhile. What only computes comes last, and fills both cores to the end.
 */
export class SideBySide extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const placeOf = new Map(
      [...new Set(sorted.map(({ project }) => project.name))].flatMap(name => {
        const ones = sorted.filter(({ project }) => project.name === name)
        return ones.map((one, i) => [one, (name === COMPUTING ? 1 : 0) + i / ones.length] as const)
      }),
    )
    return sorted.sort((a, b) => (placeOf.get(a) ?? 0) - (placeOf.get(b) ?? 0))
  }
}
