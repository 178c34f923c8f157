import type { RunRecord } from '@flakebench/contract'
import { listEnrichments, listSteps } from '@flakebench/store'
import type { ComparedRun } from '../../decide/compare/comparedRun.ts'
import { trialPrint } from '../../decide/compare/trial.ts'
import type { ApiContext } from '../context.ts'
import { readRunDigests } from './runDigest.ts'

/** All that a comparison shows of these runs, in their order; what a run does not have yet is empty. */
export const readComparedRuns = async (runs: readonly RunRecord[], context: ApiContext): Promise<ComparedRun[]> => {
  const { db } = context
  const withResults = await Promise.all(runs.map(async run => ({ run, result: await context.results.load(run.id) })))
  const [digests, enrichments, rest] = await Promise.all([
    readRunDigests(db, withResults),
    listEnrichments(
      db,
      runs.map(run => run.id),
    ),
    Promise.all(
      runs.map(async run => {
        const { connectionId } = run.plan.target
        const [summary, steps, connection, marks] = await Promise.all([
          context.figures.load(run, 'SUMMARY'),
          run.plan.load.mode === 'FIND_MAX_CONCURRENCY' ? listSteps(db, run.id) : [],
          connectionId === null ? null : context.connections.load(connectionId),
          context.marks.load(run.id),
        ])
        return { summary, steps, connectionName: connection?.name ?? null, fingerprint: trialPrint(run.plan, marks) }
      }),
    ),
  ])
  return withResults.flatMap(({ run, result }, i) => {
    const [digest, own] = [digests.get(run.id), rest[i]]
    if (digest === undefined || own === undefined) return []
    return [
      { ...own, ...digest, run, name: `${run.name} #${run.number}`, result, enrichments: enrichments.filter(one => one.runId === run.id) },
    ]
  })
}
