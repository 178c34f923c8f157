/** What a reader writes about a run. */
export interface Annotation {
  readonly tags: readonly string[]
  readonly annotation: string
}

/** Tags as they are typed: with commas between them, each once. */
export const readTags = (typed: string): readonly string[] => [
  ...new Set(
    typed
      .split(',')
      .map(tag => tag.trim().replaceAll(/\s+/g, ' '))
      .filter(tag => tag !== ''),
  ),
]
