import type { Problem } from '@flakebench/contract'
import { type MarkChange, MOST_ANNOTATION } from '@flakebench/store'
import { invalid } from '../../refusal.ts'

const LONGEST_TAG = 40
const MOST_TAGS = 20

/** What a client asks to note of a run; null and left out: as it is. */
export interface SentMarks {
  readonly tags?: readonly string[] | null | undefined
  readonly annotation?: string | null | undefined
  readonly isBaseline?: boolean | null | undefined
}

/** @throws Refusal with everything that is wrong */
export const readMarks = ({ tags, annotation, isBaseline }: SentMarks): MarkChange => {
  const trimmed = tags == null ? null : [...new Set(tags.map(tag => tag.trim()))]
  const problems = [...(trimmed === null ? [] : tagProblems(trimmed)), ...(annotation == null ? [] : annotationProblems(annotation))]
  if (problems.length > 0) throw invalid('The request', problems)
  return {
    ...(trimmed === null ? {} : { tags: trimmed }),
    ...(annotation == null ? {} : { annotation: annotation.trim() || null }),
    ...(isBaseline == null ? {} : { isBaseline }),
  }
}

/** A tag is one line of a list, is told from others by commas, and is found between quotes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const NOT_IN_TAGS = /[",\\\u0000-\u001f\u007f]/

const tagProblems = (tags: readonly string[]): Problem[] => [
  ...(tags.length > MOST_TAGS ? [{ path: 'tags', message: `A run has at most ${MOST_TAGS} tags; ${tags.length} were sent` }] : []),
  ...tags.flatMap((tag, i): Problem[] => {
    const path = `tags[${i}]`
    if (tag === '') return [{ path, message: 'A tag must not be empty' }]
    if (tag.length > LONGEST_TAG)
      return [{ path, message: `A tag has at most ${LONGEST_TAG} characters; "${tag.slice(0, 20)}…" has ${tag.length}` }]
    if (NOT_IN_TAGS.test(tag)) return [{ path, message: 'A tag must not hold quotes, commas, backslashes or control characters' }]
    return []
  }),
]

const annotationProblems = (annotation: string): Problem[] =>
  annotation.length > MOST_ANNOTATION
    ? [{ path: 'annotation', message: `An annotation has at most ${MOST_ANNOTATION} characters; this one has ${annotation.length}` }]
    : []
