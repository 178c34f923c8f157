import { inFieldWords } from './pathWords.ts'

interface VersionFacts {
  readonly version: number
  /** Settings that differ from the version before that is kept. */
  readonly changes: readonly string[]
}

const versionsText = (first: number, last: number): string => (first === last ? `version ${first}` : `versions ${first} to ${last}`)

/**
 * What became of a template with a version, a line each. Saving takes the place of a version that no run has used: the numbers between two that are kept
 * are missing, and those before the first.
 * @param before the number of the version before that is kept; null: this is the first
 */
export const versionLines = ({ version, changes }: VersionFacts, before: number | null): readonly string[] => {
  if (before === null) return [version === 1 ? 'As it was first saved' : `Replaces ${versionsText(1, version - 1)}, which no run used`]
  const told = changes.length > 0 ? changes.map(change => inFieldWords(change)) : [`The same settings as version ${before}`]
  return version - before > 1 ? [...told, `Replaces ${versionsText(before + 1, version - 1)}, which no run used`] : told
}
