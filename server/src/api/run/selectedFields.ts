import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'

/** The names of the fields that are asked of what a resolver answers, those of its fragments too: so that nothing dear is read that nobody asked for. */
export const selectedFields = (info: GraphQLResolveInfo): ReadonlySet<string> => {
  const names = new Set<string>()
  const seen = new Set<string>()
  const walk = (selections: SelectionSetNode | undefined): void => {
    for (const one of selections?.selections ?? []) {
      if (one.kind === Kind.FIELD) names.add(one.name.value)
      else if (one.kind === Kind.INLINE_FRAGMENT) walk(one.selectionSet)
      else if (!seen.has(one.name.value)) {
        seen.add(one.name.value)
        walk(info.fragments[one.name.value]?.selectionSet)
      }
    }
  }
  for (const node of info.fieldNodes) walk(node.selectionSet)
  return names
}
