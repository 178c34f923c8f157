import { ref } from 'vue'
import { tellServer } from '../../api/askServer.ts'
import { exportRunsMutation } from '../../api/documents/runListDocuments.ts'
import { useToasts } from '../../stores/toasts.ts'
import { saveFrom } from '../../ui/parts/saveFile.ts'
import type { RunListWish } from './useRunList.ts'

/** Saves the whole list as it is filtered and ordered, not only the rows that were read. */
export const useListExport = (wish: () => RunListWish) => {
  const toasts = useToasts()
  const isExporting = ref(false)
  const exportList = async (format: 'CSV' | 'JSON'): Promise<void> => {
    if (isExporting.value) return
    isExporting.value = true
    const { data, problem } = await tellServer(exportRunsMutation, { format, ...wish() })
    if (problem === null) saveFrom(data.exportRuns.url, data.exportRuns.name)
    else toasts.show({ title: 'The list could not be exported', text: problem.text, tone: 'error' })
    isExporting.value = false
  }
  return { isExporting, exportList }
}
