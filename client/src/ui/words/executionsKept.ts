import { countText, percentText } from './numbers.ts'
import { asSentence } from './sentences.ts'
import type { Look } from './statuses.ts'

/** What is there of the single executions of a run, of how many that were counted. */
export interface ExecutionsKept {
  readonly state: 'COMPLETE' | 'INCOMPLETE' | 'NOT_KEPT' | 'REMOVED' | 'WAITING'
  readonly loaded: number
  readonly expected: number
  readonly dropped: number
  readonly differences: readonly {
    readonly workerId: string
    /** Null: at an edge between two. */
    readonly phase: string | null
    readonly label: string
    readonly counted: number
    readonly loaded: number
    readonly why: string
  }[]
  /** A sentence for each file that could not be read. */
  readonly unread: readonly string[]
}

interface KeptWords {
  readonly look: Look
  /** One or two plain sentences. */
  readonly text: string
  /** Whether there is anything to look at. */
  readonly hasExecutions: boolean
}

const executions = (count: number): string => `${countText(count)} ${count === 1 ? 'execution' : 'executions'}`

/** How many of those that were counted are there. */
const shareText = ({ loaded, expected }: ExecutionsKept): string =>
  expected > 0 ? `${executions(loaded)} of ${countText(expected)} (${percentText((100 * loaded) / expected)})` : executions(loaded)

/** Executions that are kept, though no histogram counted them, and why that is. Null: there are none. */
const uncounted = ({ differences }: ExecutionsKept): { readonly count: number; readonly why: string } | null => {
  const more = differences.filter(({ loaded, counted }) => loaded > counted)
  const count = more.reduce((sum, { loaded, counted }) => sum + loaded - counted, 0)
  return count === 0 ? null : { count, why: asSentence([...new Set(more.map(each => each.why))].join('; ')) }
}

const uncountedText = (count: number): string =>
  `${countText(count)} more ${count === 1 ? 'execution was' : 'executions were'} kept than the histograms counted`

/** Beside figures that come from the histograms: what is missing in them. Empty where they are whole. */
export const uncountedNote = (kept: ExecutionsKept): string => {
  const more = uncounted(kept)
  return more === null ? '' : `${uncountedText(more.count)}, and are in no figure: ${more.why}`
}

const incompleteText = (kept: ExecutionsKept): string => {
  const droppedText = kept.dropped > 0 ? `; ${countText(kept.dropped)} were dropped by workers` : ''
  const more = uncounted(kept)
  if (more === null) {
    return `${shareText(kept)} are kept${droppedText}. The figures of the run are whole all the same: they come from the histograms.`
  }
  const text = `${uncountedText(more.count)}: ${more.why} Result and Figures leave them out.`
  const isShortToo = kept.dropped > 0 || kept.unread.length > 0 || kept.differences.some(({ loaded, counted }) => loaded < counted)
  return isShortToo ? `${text} Of others that were counted some are not kept${droppedText}.` : text
}

/** Whether the single executions of a run are there, and why not. */
export const keptWords = (kept: ExecutionsKept): KeptWords => {
  const hasExecutions = kept.loaded > 0
  switch (kept.state) {
    case 'COMPLETE':
      return {
        look: { word: 'Complete', icon: 'check', tone: 'good' },
        text: `All ${executions(kept.loaded)} are kept, as many as the histograms counted.`,
        hasExecutions,
      }
    case 'INCOMPLETE':
      return {
        look: { word: 'Incomplete', icon: 'alert', tone: 'warn' },
        text: incompleteText(kept),
        hasExecutions,
      }
    case 'WAITING':
      return {
        look: { word: 'Not loaded yet', icon: 'dots', tone: 'accent' },
        text: hasExecutions
          ? `${shareText(kept)} are loaded so far. The others are on the workers’ disks.`
          : 'They are on the workers’ disks, and are loaded when the load is over.',
        hasExecutions,
      }
    case 'REMOVED':
      return {
        look: { word: 'Removed', icon: 'minus', tone: 'neutral' },
        text: 'Single executions were removed when their time of retention was over. The figures of the run stay.',
        hasExecutions: false,
      }
    case 'NOT_KEPT':
      return {
        look: { word: 'Not kept', icon: 'minus', tone: 'neutral' },
        text: 'This run kept no single executions. Turn on “keep executions” in its template to have them in the next one.',
        hasExecutions: false,
      }
  }
}
