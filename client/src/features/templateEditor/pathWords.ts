import { TABLE_WORDS } from '../../ui/words/kinds.ts'
import { fieldWord, inValueWords } from './fieldWords.ts'
import { STRATEGIES } from './parameterFields.ts'

/** What the choices of the form are called, by the names that the server has for them. */
const CHOICE_WORDS: Readonly<Record<string, string>> = {
  FIND_MAX_CONCURRENCY: 'Find the most',
  CONCURRENCY: 'Keep connections busy',
  QPS: 'Send at a rate',
  AUTO: 'Automatic',
  BOUNDED: 'Within bounds',
  FIXED: 'Fixed',
  SOFT: 'Back off first',
  HARD: 'End the run',
  ...TABLE_WORDS,
  ...Object.fromEntries(Object.entries(STRATEGIES).map(([name, { word }]) => [name, word])),
}
/** Of a table, these are words of the sentence, not a choice that is named. */
const TABLES = new RegExp(`\\b(?:${Object.keys(TABLE_WORDS).join('|')})(?= (?:tables?|target)\\b)`, 'g')
const CHOICES = new RegExp(
  `\\b(?:${Object.keys(CHOICE_WORDS)
    .filter(name => !(name in TABLE_WORDS))
    .join('|')})\\b`,
  'g',
)
const TURNED = /\bset ((?:target|guardrails|sloAbort|advanced)\.\w+) to (true|false)\b/g
const PATHS = /\b(?:target|operations|load|scaling|guardrails|slos|sloAbort|advanced|tags)(?:\.\w+)+/g
const STRATEGY_NOTE = / \(strategy [A-Z_]+\)/
const QUOTED = /("[^"]*"|“[^”]*”)/

/** What somebody wrote stays as it is; everything else is translated. */
const outsideQuotes = (message: string, translate: (text: string) => string): string =>
  message
    .split(QUOTED)
    .map((part, at) => (at % 2 === 1 ? part : translate(part)))
    .join('')

/** Paths and names of the API in a sentence as the words that stand beside the fields. */
export const inFieldWords = (message: string, labels: readonly (string | null)[] = []): string =>
  outsideQuotes(message, text =>
    text
      .replaceAll(TABLES, type => {
        const word = TABLE_WORDS[type as keyof typeof TABLE_WORDS]
        return type === 'POSTGRES' ? word : word.toLowerCase()
      })
      .replaceAll(CHOICES, choice => `“${CHOICE_WORDS[choice] ?? choice}”`)
      .replaceAll(TURNED, (_, path: string, to: string) => `turn ${path} ${to === 'true' ? 'on' : 'off'}`)
      // Last: the words of a field may hold what is a choice elsewhere.
      .replaceAll(PATHS, path => fieldWord(path, labels)),
  )

const LARGE = /(?<![\w.,-])\d{4,}(?!\w|,\d)/g
const grouped = (digits: string): string => Number(digits).toLocaleString('en-US')

/**
 * A problem or hint of the server as a person reads it: fields by the words that stand beside them, choices by theirs, numbers with their thousands
 * apart. To be used wherever one is shown.
 * @param labels of the statements of one's own, in their order: they are named by them
 */
export const inFormWords = (message: string, labels: readonly (string | null)[] = []): string => {
  const isOfValue = STRATEGY_NOTE.test(message)
  const own = isOfValue ? outsideQuotes(message.replace(STRATEGY_NOTE, ''), inValueWords) : message
  return outsideQuotes(inFieldWords(own, labels), text => text.replaceAll(LARGE, grouped))
}
