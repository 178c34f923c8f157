import { ref } from 'vue'
import { tellServer } from '../../api/askServer.ts'
import { exportExecutionsMutation } from '../../api/documents/executionDocuments.ts'
import { type ExecutionView, filterOf, sortOf } from '../../stores/executionView.ts'
import { useToasts } from '../../stores/toasts.ts'
import { saveFrom } from '../../ui/parts/saveFile.ts'

/** Saves all that the filter lets through, in the order that is shown: the server writes it, however much of it was read here. */
export const useExecutionExport = (id: () => string, view: () => ExecutionView) => {
  const toasts = useToasts()
  const isWriting = ref(false)
  const save = async (): Promise<void> => {
    if (isWriting.value) return
    isWriting.value = true
    const { data, problem } = await tellServer(exportExecutionsMutation, { id: id(), filter: filterOf(view()), sort: sortOf(view()) })
    if (problem === null) saveFrom(data.exportRun.url, data.exportRun.name)
    else toasts.show({ title: 'The executions could not be exported', text: problem.text, tone: 'error' })
    isWriting.value = false
  }
  return { isWriting, save }
}
