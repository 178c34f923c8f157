import { type DocumentNode, getOperationAST, Kind } from 'graphql'

/** What is shared by all who ask the same with the same rights. NEWEST: a state, told anew to whoever comes late. EVENTS: told from now on. */
export type Sharing = 'NEWEST' | 'EVENTS'

/** Subscriptions that tell everybody the same. Those that are not here go on from where each subscriber is, and are executed for each. */
const SHARED: Readonly<Record<string, Sharing>> = { runUpdated: 'NEWEST', runsChanged: 'EVENTS' }

/** Null: each subscriber has its own. */
export const sharingOf = (document: DocumentNode, operationName: string | null | undefined): Sharing | null => {
  const [root, more] = getOperationAST(document, operationName)?.selectionSet.selections ?? []
  if (root?.kind !== Kind.FIELD || more !== undefined || (root.directives?.length ?? 0) > 0) return null
  return SHARED[root.name.value] ?? null
}
