/** Takes a problem with a field; the words continue its path. */
export type Find = (path: string, message: string) => void

/** Without the blanks around it; null when it is left out or blank. */
export const given = (text: string | null | undefined): string | null => text?.trim() || null

export const LONGEST_TEXT = 255

/** What somebody may have typed into the wrong field is not said back. */
const mayHoldSecret = (text: string): boolean => /@|:\/\/|password|pwd/i.test(text)

/** A quotation for the end of a message: none where there may be a password in it. */
export const quoted = (text: string): string => (mayHoldSecret(text) ? '' : `; it is "${text}"`)

/** What must be there, without the blanks around it. */
export const readText = (path: string, text: string | null | undefined, longest: number, find: Find): string => {
  const found = given(text) ?? ''
  if (found === '') find(path, `must be given (1 to ${longest} characters)`)
  if (found.length > longest) find(path, `must have at most ${longest} characters; it has ${found.length}`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\x00-\x1f]/.test(found)) find(path, 'must hold no control characters')
  return found
}
