/** What was asked about is not there, or may not be seen: a sentence that says what to do. */
export class CatalogGap extends Error {
  override readonly name = 'CatalogGap'
}
