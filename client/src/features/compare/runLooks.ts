import type { Comparison } from '../../api/documents/compareDocuments.ts'
import { isActive } from '../../stores/runState.ts'
import type { RunStatus } from '../../ui/words/statuses.ts'
import { settingRank, settingTitleText, settingValueText } from './settingWords.ts'

/** How a compared run is called and marked, everywhere on the page. */
export interface RunLook {
  readonly id: string
  /** Its place among the runs, which is its colour. */
  readonly place: number
  readonly name: string
  readonly number: number
  /** All have one name: their numbers tell them apart. */
  readonly isOneName: boolean
  /** Where all have one name, the number alone tells them apart. */
  readonly shortName: string
  readonly title: string
  readonly colour: string
  readonly status: RunStatus
  readonly reason: string | null
  readonly isBaseline: boolean
  /** ISO; null: it is not deleted. */
  readonly deletedAt: string | null
  /** "A · 1 of 2" for trials of one configuration; null for one that stands alone. */
  readonly trial: string | null
  readonly trialTitle: string
  /** What is set differently from other runs, as "Workers: 4". */
  readonly differences: readonly { readonly title: string; readonly value: string }[]
}

const LETTERS = 'ABCDE'
/** Differences that a name shows already. */
const SAID_ELSEWHERE = /(^|\.)(seed|number|id|version)$/i

/** Settings that differ among the runs, of one run. */
const differencesOf = ({ settings, runs }: Comparison, place: number): RunLook['differences'] =>
  settings
    .filter(row => row.differs && !SAID_ELSEWHERE.test(row.path))
    // A run is called after its template unless it is given a name.
    .filter(row => row.path !== 'template.name' || row.values[place] !== runs[place]?.name)
    .map(row => ({ ...row, value: row.values[place] ?? null }))
    .sort((a, b) => settingRank(a.path) - settingRank(b.path))
    .map(row => ({ title: settingTitleText(row.title), value: row.value === null ? '—' : settingValueText(row.path, row.value) }))

const trialOf = ({ groups }: Comparison, id: string): string | null => {
  const together = groups.filter(group => group.runIds.length > 1)
  const at = together.findIndex(group => group.runIds.includes(id))
  const group = together[at]
  return group === undefined ? null : `${LETTERS[at] ?? ''} · ${group.runIds.indexOf(id) + 1} of ${group.runIds.length}`
}

/** The names of runs whose figures still grow: "#42, #43"; empty where all are over. */
export const underWayWord = (looks: readonly RunLook[]): string =>
  looks
    .filter(look => isActive(look.status))
    .map(look => look.shortName)
    .join(', ')

export const runLooks = (comparison: Comparison): readonly RunLook[] => {
  const names = new Set(comparison.runs.map(run => run.name))
  const numbers = new Set(comparison.runs.map(run => run.number))
  const isNumberEnough = numbers.size === comparison.runs.length
  const isOneName = names.size === 1 && isNumberEnough
  return comparison.runs.map((run, place) => {
    const trial = trialOf(comparison, run.id)
    return {
      id: run.id,
      place,
      name: run.name,
      number: run.number,
      isOneName,
      shortName: isOneName ? `#${run.number}` : `${run.name} #${run.number}`,
      title: `${run.name} #${run.number}`,
      colour: `var(--run-${place + 1})`,
      status: run.status,
      reason: run.cancellationReason,
      isBaseline: run.id === comparison.baselineId,
      deletedAt: run.deletedAt,
      trial,
      trialTitle: trial === null ? '' : `Configuration ${trial.charAt(0)}, trial ${trial.slice(4)}: the verdicts take its trials together`,
      differences: differencesOf(comparison, place),
    }
  })
}
