import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { askUntilAnswered } from './askServer.ts'
import type { ServerProblem } from './serverProblem.ts'

/** What every connection of the schema looks like. */
export interface Page<Row> {
  readonly edges: readonly { readonly node: Row }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly totalCount?: number
}

/**
 * A list read page by page. `restart` reads the first page anew and keeps showing the old rows until it is there; a server
 * that cannot be reached is asked until it answers.
 */
export const usePages = <Row extends { readonly id: string }, Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variablesAfter: (cursor: string | null) => Variables,
  pageIn: (data: Data) => Page<Row>,
) => {
  const rows = shallowRef<readonly Row[]>([])
  const last = shallowRef<Page<Row> | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const isLoading = ref(true)
  let turn = 0

  const read = async (cursor: string | null): Promise<void> => {
    const mine = ++turn
    isLoading.value = true
    const answer = await askUntilAnswered(
      document,
      variablesAfter(cursor),
      () => mine === turn,
      found => {
        problem.value = found
      },
    )
    if (answer === null) return
    problem.value = answer.problem
    isLoading.value = false
    if (answer.data === null) return
    const page = pageIn(answer.data)
    const arrived = page.edges.map(edge => edge.node)
    const ids = new Set(arrived.map(row => row.id))
    rows.value = cursor === null ? arrived : [...rows.value.filter(row => !ids.has(row.id)), ...arrived]
    last.value = page
  }
  /** Replaces rows that are shown; `isNew` says whether a row that is not shown goes to the top. */
  const patch = (changed: readonly Row[], isNew: (row: Row) => boolean): void => {
    const byId = new Map(changed.map(row => [row.id, row]))
    const known = new Set(rows.value.map(row => row.id))
    const added = changed.filter(row => !known.has(row.id) && isNew(row))
    rows.value = [...added, ...rows.value.map(row => byId.get(row.id) ?? row)]
  }
  onScopeDispose(() => {
    turn++
  })
  return {
    rows,
    problem,
    isLoading,
    isKnown: computed(() => last.value !== null),
    totalCount: computed(() => last.value?.totalCount ?? null),
    hasMore: computed(() => last.value?.pageInfo.hasNextPage ?? false),
    restart: () => read(null),
    loadMore: () => read(last.value?.pageInfo.endCursor ?? null),
    patch,
  }
}
