import { DIGEST_VERSION, type RunDigest } from '@flakebench/contract'
import { listSortedRuns, type RunSort, readFigures } from '@flakebench/store'
import { isOfTheSame, placesBeside } from '../../decide/compare/otherRuns.ts'
import { type OtherRun, type Trial, type TrialGroup, trialPrint } from '../../decide/compare/trial.ts'
import type { ApiContext } from '../context.ts'

/** Looked at on each side: the nearest. */
const MOST_OTHERS = 10
const DIRECTIONS = { BEFORE: 'DESC', AFTER: 'ASC' } as const satisfies Record<string, RunSort['direction']>

/** The groups with runs of their configurations from the history, where the groups themselves are too small to show how far such runs differ. */
export const readOtherRuns = (groups: readonly TrialGroup[], context: ApiContext): Promise<TrialGroup[]> =>
  Promise.all(
    groups.map(async group => ({
      ...group,
      others: (
        await Promise.all(placesBeside(group, groups).map(({ side, id }) => readSide(group.trials[0] as Trial, side, id, context)))
      ).flat(),
    })),
  )

const readSide = async (trial: Trial, side: keyof typeof DIRECTIONS, besideId: string, context: ApiContext): Promise<OtherRun[]> => {
  const { db } = context
  const sort = { field: 'CREATED', direction: DIRECTIONS[side] } as const
  const listing = { fingerprint: trial.fingerprint, statuses: ['COMPLETED'] as const }
  const found = await listSortedRuns(db, listing, sort, MOST_OTHERS, { value: null, id: besideId })
  const ids = found.map(({ run }) => run.id)
  const figures = await readFigures(db, ids, ['DIGEST'])
  const others = await Promise.all(
    found.map(async ({ run }) => {
      const digest = figures.get(run.id)?.DIGEST
      // One from before: to make it anew takes longer than it is worth here.
      if (digest?.version !== DIGEST_VERSION) return []
      return [await asTrial(trial, run, digest, context)]
    }),
  )
  return others.flat().filter(other => isOfTheSame(trial, other))
}

const asTrial = async (like: Trial, run: Trial['run'], { spread, held }: RunDigest, context: ApiContext): Promise<Trial> => ({
  run,
  name: `${run.name} #${run.number}`,
  result: null,
  spread,
  fingerprint: trialPrint(run.plan, await context.marks.load(run.id)) === like.fingerprint ? like.fingerprint : null,
  held,
})
