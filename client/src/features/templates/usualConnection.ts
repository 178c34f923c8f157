import type { SavedConnection } from '../../api/documents/connectionDocuments.ts'

/** The one that a template of this type takes if none is named; blank where there is none, or none of them is said to be it. */
export const usualConnection = (fitting: readonly Pick<SavedConnection, 'id' | 'isDefault'>[]): string =>
  fitting.find(({ isDefault }) => isDefault)?.id ?? ''
