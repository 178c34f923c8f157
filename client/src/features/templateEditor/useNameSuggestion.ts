import { computed, watch } from 'vue'
import type { TemplateDraft } from '../../stores/newDraft.ts'
import { useTemplateDraft } from '../../stores/templateDraft.ts'

/** What a template is called until somebody says otherwise: "Lookups on orders". */
export const suggestedName = ({ target, operations }: TemplateDraft): string => {
  if (target.table === '') return ''
  const weight = (each: { weight: number | null }): number => each.weight ?? 0
  const reads = weight(operations.pointLookup) + weight(operations.rangeScan)
  const changes = weight(operations.insert) + weight(operations.update)
  const own = operations.generic.some(each => weight(each) > 0)
  const what =
    own || (reads > 0 && changes > 0) ? 'Mixed load' : changes > 0 ? 'Writes' : weight(operations.rangeScan) > 0 ? 'Reads' : 'Lookups'
  return `${what} on ${target.table}`
}

/** Gives a new template a name that follows its table and mix, as long as nobody has typed one. */
export const useNameSuggestion = (): void => {
  const store = useTemplateDraft()
  const suggestion = computed(() => suggestedName(store.draft))
  watch(suggestion, (next, before) => {
    if (store.isNew && (store.draft.name === '' || store.draft.name === before)) store.draft.name = next
  })
}
