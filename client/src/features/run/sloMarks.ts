import type { SloJudgement } from '../../api/documents/loadFields.ts'
import { KIND_WORDS } from '../../ui/words/kinds.ts'
import { exactText, msText, NOT_MEASURED, percentText } from '../../ui/words/numbers.ts'
import type { Look } from '../../ui/words/statuses.ts'

type Verdict = SloJudgement['verdict']
export type SloBound = SloJudgement['bound']

export const VERDICT_LOOKS: Readonly<Record<Verdict, Look>> = {
  PASS: { word: 'kept', icon: 'check', tone: 'good' },
  FAIL: { word: 'broken', icon: 'cross', tone: 'bad' },
  PENDING: { word: 'too few operations', icon: 'dots', tone: 'neutral' },
}

export const BOUND_WORDS: Readonly<Record<SloBound, string>> = { P95: 'p95', P99: 'p99', ERROR_RATE: 'errors' }

export const figureOf = (bound: SloBound, value: number | null): string => (bound === 'ERROR_RATE' ? percentText(value) : msText(value))

/** A bound as it was set. */
export const boundText = ({ bound, limit }: Pick<SloJudgement, 'bound' | 'limit'>): string =>
  exactText(limit, bound === 'ERROR_RATE' ? '%' : 'ms')

/** Point lookup p95 12.4 ms, at most 10 ms: broken */
export const judgementText = ({ kind, bound, limit, observed, verdict }: SloJudgement): string =>
  `${KIND_WORDS[kind]} ${BOUND_WORDS[bound]} ${observed === null ? NOT_MEASURED : figureOf(bound, observed)}, at most ${boundText({ bound, limit })}: ${VERDICT_LOOKS[verdict].word}`

const SEVERITY: readonly Verdict[] = ['FAIL', 'PENDING', 'PASS']

/** The worst of the verdicts: one broken bound breaks them all; null where there is none. */
export const worstVerdict = (judgements: readonly SloJudgement[]): Verdict | null =>
  SEVERITY.find(verdict => judgements.some(each => each.verdict === verdict)) ?? null

interface SloMark {
  readonly verdict: Verdict
  /** Whose it is: an objective is of one kind, while the figure beside it may be of all. */
  readonly word: string
  readonly look: Look
  /** All that it stands for, a line each. */
  readonly title: string
}

/** What is shown beside a figure: of now where there is a now, with the whole in the tooltip. Null where no bound is set. */
export const sloMark = (
  now: readonly SloJudgement[],
  soFar: readonly SloJudgement[],
  wanted: (judgement: SloJudgement) => boolean,
): SloMark | null => {
  const ofNow = now.filter(wanted)
  const ofAll = soFar.filter(wanted)
  const shown = ofNow.length > 0 ? ofNow : ofAll
  const verdict = worstVerdict(shown)
  if (verdict === null) return null
  const kinds = [...new Set(shown.filter(each => each.verdict === verdict).map(each => each.kind))]
  const [first] = kinds
  const lines = (title: string, judgements: readonly SloJudgement[]): readonly string[] =>
    judgements.length === 0 ? [] : [title, ...judgements.map(judgementText)]
  return {
    verdict,
    word: `SLO ${kinds.length === 1 && first !== undefined ? KIND_WORDS[first].toLowerCase() : `of ${kinds.length} kinds`}`,
    look: VERDICT_LOOKS[verdict],
    title: [...lines('SLO now', ofNow), ...lines(ofNow.length > 0 ? 'SLO so far' : 'SLO', ofAll)].join('\n'),
  }
}
