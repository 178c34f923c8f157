/** Something that a person can put right: shown by its message alone, which says how. */
export class Fault extends Error {
  override readonly name: string = 'Fault'
}
