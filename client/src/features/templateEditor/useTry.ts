import { computed, shallowRef, watch } from 'vue'
import { tellServer } from '../../api/askServer.ts'
import { type TriedStatement, tryStatementMutation } from '../../api/documents/statementDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { inputOf } from '../../stores/newDraft.ts'
import { useSession } from '../../stores/session.ts'
import { useTemplateDraft } from '../../stores/templateDraft.ts'
import { useTemplateTable } from '../../stores/templateTable.ts'
import type { OperationKind } from '../../ui/words/kinds.ts'
import { CANONICAL } from './mixRules.ts'

/** Sends one statement of the draft once. What came of it goes with the table, and is marked when the statement has changed since. */
export const useTry = (kind: OperationKind, label: () => string | null) => {
  const store = useTemplateDraft()
  const table = useTemplateTable()
  const session = useSession()
  const outcome = shallowRef<TriedStatement | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const isTrying = shallowRef(false)
  const whyNot = computed(() => session.whyNot('AUTHOR') ?? (table.place === null ? 'Choose a table first' : null))

  const place = computed(() => JSON.stringify(store.draft.target))
  const statement = computed(() => {
    const { operations, advanced } = store.draft
    const field = CANONICAL.find(each => each.kind === kind)?.field
    const own = field === undefined ? operations.generic.find(each => (each.label ?? each.id) === label()) : operations[field]
    return JSON.stringify({ ...own, weight: null, rangeSize: advanced.rangeSize })
  })
  const tried = shallowRef<string | null>(null)
  const isOld = computed(() => tried.value !== null && tried.value !== statement.value)

  let turn = 0
  const attempt = async (): Promise<void> => {
    if (isTrying.value) return
    isTrying.value = true
    problem.value = null
    const mine = ++turn
    const sent = statement.value
    const variables = { input: inputOf(store.draft), kind, label: label(), templateId: store.saved?.id ?? null }
    const answer = await tellServer(tryStatementMutation, variables)
    if (mine !== turn) return
    isTrying.value = false
    tried.value = sent
    problem.value = answer.problem
    outcome.value = answer.problem === null ? answer.data.tryStatement : null
  }
  const clear = (): void => {
    outcome.value = null
    problem.value = null
  }
  watch([place, () => store.saved?.id], () => {
    turn++
    isTrying.value = false
    clear()
  })
  return { outcome, problem, isOld, isTrying, whyNot, attempt, clear }
}
