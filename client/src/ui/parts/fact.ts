/** A word and what there is to say under it. */
export interface Fact {
  readonly word: string
  readonly text: string
  readonly title?: string | undefined
  readonly tone?: 'bad' | 'warn' | undefined
}
