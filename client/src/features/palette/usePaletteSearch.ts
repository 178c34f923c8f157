import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import { type PaletteFindings, paletteSearchQuery } from '../../api/documents/paletteDocuments.ts'

const TYPING_PAUSE_MS = 150

/** Templates and runs by what is typed. What was found stays until the next answer; null where nothing is typed. */
export const usePaletteSearch = (typed: () => string) => {
  const findings = shallowRef<PaletteFindings | null>(null)
  const problem = ref<string | null>(null)
  const isSearching = ref(false)
  let turn = 0
  let pause: ReturnType<typeof setTimeout> | undefined

  const search = async (text: string): Promise<void> => {
    const mine = turn
    const answer = await askServer(paletteSearchQuery, { search: text })
    if (mine !== turn) return
    isSearching.value = false
    problem.value = answer.problem?.text ?? null
    findings.value = answer.data
  }
  watch(
    () => typed().trim(),
    text => {
      turn++
      clearTimeout(pause)
      problem.value = null
      isSearching.value = text !== ''
      if (text === '') findings.value = null
      else pause = setTimeout(() => void search(text), TYPING_PAUSE_MS)
    },
  )
  onScopeDispose(() => {
    turn++
    clearTimeout(pause)
  })
  return { findings, problem, isSearching }
}
