import { MOST_TEXTS, OTHER_TEXT, TEXT_CHARACTERS } from './format.ts'

/** Query ids that are no UUIDs leave room for the errors. */
const MOST_QUERY_IDS = MOST_TEXTS / 2

/** The distinct texts of a spool, numbered in the order in which they came; a bounded number of them. */
export class SpoolTexts {
  readonly #numbers = new Map<string, number>()
  #waiting: string[] = []
  #hasOther = false

  /** @returns its number, or that of the text which stands for all that came too late */
  numberOf(text: string): number {
    const kept = text.length > TEXT_CHARACTERS ? text.slice(0, TEXT_CHARACTERS) : text
    const known = this.#numbers.get(kept)
    if (known !== undefined) return known
    if (this.#numbers.size < MOST_TEXTS) return this.#add(kept)
    if (!this.#hasOther) this.#waiting.push(lineOf(OTHER_TEXT))
    this.#hasOther = true
    return MOST_TEXTS
  }

  /** @returns null: there are too many already */
  numberOfQueryId(id: string): number | null {
    return this.#numbers.get(id) ?? (this.#numbers.size < MOST_QUERY_IDS && id.length <= TEXT_CHARACTERS ? this.#add(id) : null)
  }

  /** The lines that were not taken yet; empty: none. */
  takeLines(): string {
    if (this.#waiting.length === 0) return ''
    const lines = this.#waiting.join('')
    this.#waiting = []
    return lines
  }

  #add(text: string): number {
    const number = this.#numbers.size
    this.#numbers.set(text, number)
    this.#waiting.push(lineOf(text))
    return number
  }
}

const lineOf = (text: string): string => `${JSON.stringify(text)}\n`
