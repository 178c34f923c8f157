import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { askServer, tellServer } from '../../api/askServer.ts'
import { connectionListQuery, type SavedConnection } from '../../api/documents/connectionDocuments.ts'
import { importTemplateMutation, type ReadTemplate, readTemplateDocumentQuery } from '../../api/documents/templateVersionDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useHandedDraft } from '../../stores/handedDraft.ts'
import { draftOf } from '../../stores/newDraft.ts'
import { isOnSnowflake } from '../../ui/words/kinds.ts'
import { usualConnection } from './usualConnection.ts'

const TYPING_PAUSE_MS = 350
export const MOST_DOCUMENT_KB = 256

/** A document that is to become a template: what the server reads in it, the connection that it shall have, and the import itself. */
export const useTemplateImport = (done: () => void) => {
  const router = useRouter()
  const handed = useHandedDraft()
  const text = ref('')
  const fileName = ref<string | null>(null)
  const found = shallowRef<ReadTemplate | null>(null)
  /** Why it could not be read or imported at all. */
  const problem = shallowRef<ServerProblem | null>(null)
  const isReading = ref(false)
  const isImporting = ref(false)
  const connections = shallowRef<readonly SavedConnection[]>([])
  const connectionId = ref('')

  let round = 0
  const read = async (): Promise<void> => {
    const mine = ++round
    problem.value = null
    if (text.value.trim() === '') {
      found.value = null
      isReading.value = false
      return
    }
    isReading.value = true
    const answer = await askServer(readTemplateDocumentQuery, { document: text.value })
    if (mine !== round) return
    isReading.value = false
    problem.value = answer.problem
    found.value = answer.problem === null ? answer.data.readTemplateDocument : null
  }
  let typing: ReturnType<typeof setTimeout> | undefined
  watch(text, () => {
    clearTimeout(typing)
    isReading.value = text.value.trim() !== ''
    typing = setTimeout(() => void read(), TYPING_PAUSE_MS)
  })
  onScopeDispose(() => {
    clearTimeout(typing)
    round++
  })

  const isPostgres = computed(() => found.value?.template != null && !isOnSnowflake(found.value.template.target.tableType))
  const fitting = computed(() => connections.value.filter(({ type }) => type === (isPostgres.value ? 'POSTGRES' : 'SNOWFLAKE')))
  /** A document may name a connection that is not here: then one has to be chosen. */
  const missing = computed(() => found.value?.missingConnection ?? null)
  watch([missing, fitting], () => {
    if (missing.value !== null && !fitting.value.some(({ id }) => id === connectionId.value))
      connectionId.value = usualConnection(fitting.value)
  })

  /** Why it cannot be imported now; null: it can. */
  const whyNot = computed(() => {
    if (text.value.trim() === '') return 'Choose a file or paste a template first.'
    if (isReading.value) return 'Reading…'
    if (found.value === null) return 'It could not be read.'
    if (found.value.problems.length > 0)
      return found.value.template === null ? 'Put the problem right first.' : 'Put it right first, or open it in the editor.'
    if (missing.value !== null && connectionId.value === '') return 'Choose a connection first.'
    return null
  })

  const take = async (file: File): Promise<void> => {
    found.value = null
    fileName.value = file.name
    if (file.size > MOST_DOCUMENT_KB * 1_024) {
      text.value = ''
      problem.value = {
        text: `A template has at most ${MOST_DOCUMENT_KB} KB; ${file.name} is larger.`,
        code: null,
        details: [],
        isUnreachable: false,
      }
      return
    }
    text.value = (await file.text()).replace(/^\uFEFF/, '')
  }
  const begin = async (): Promise<void> => {
    text.value = ''
    fileName.value = found.value = problem.value = null
    connectionId.value = ''
    const { data } = await askServer(connectionListQuery, {})
    connections.value = data?.connections ?? []
  }
  const importIt = async (): Promise<void> => {
    if (whyNot.value !== null || isImporting.value) return
    isImporting.value = true
    const chosen = missing.value === null ? null : connectionId.value
    const answer = await tellServer(importTemplateMutation, { document: text.value, connectionId: chosen })
    isImporting.value = false
    if (answer.problem !== null) {
      problem.value = answer.problem
      return
    }
    done()
    await router.push(`/templates/${answer.data.importTemplate.id}`)
  }
  /** Hands what could be read to the editor, where the rest is put right. */
  const openInEditor = async (): Promise<void> => {
    const template = found.value?.template
    if (template == null) return
    const draft = draftOf(template)
    if (missing.value !== null && connectionId.value !== '') draft.target.connectionId = connectionId.value
    handed.give(draft)
    done()
    await router.push('/templates/new')
  }
  return {
    text,
    fileName,
    found,
    problem,
    isReading,
    isImporting,
    fitting,
    missing,
    connectionId,
    whyNot,
    take,
    begin,
    importIt,
    openInEditor,
  }
}
