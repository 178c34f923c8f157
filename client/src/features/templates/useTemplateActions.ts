import { ElMessageBox } from 'element-plus'
import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { tellServer } from '../../api/askServer.ts'
import { prepareRunMutation } from '../../api/documents/runCommands.ts'
import {
  deleteTemplateMutation,
  duplicateTemplateMutation,
  preparePoolsMutation,
  type TemplateRow,
  type ValuePools,
} from '../../api/documents/templateDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useToasts } from '../../stores/toasts.ts'
import { runsText } from '../../ui/words/plans.ts'

export interface FailedAction {
  readonly title: string
  readonly problem: ServerProblem
  /** Of the template that can be put right in the editor. */
  readonly toOpen?: string
}

/** What can be done with a template from the list. One thing at a time; a failure stays until the next action. */
export const useTemplateActions = (refresh: () => Promise<void>, showPools: (id: string, pools: ValuePools) => void) => {
  const router = useRouter()
  const toasts = useToasts()
  const busyWith = ref<string | null>(null)
  const preparing = ref<string | null>(null)
  const failed = shallowRef<FailedAction | null>(null)

  const act = async (id: string, work: () => Promise<void>): Promise<void> => {
    if (busyWith.value !== null) return
    busyWith.value = id
    failed.value = null
    await work()
    busyWith.value = null
    preparing.value = null
  }

  const run = (template: TemplateRow): Promise<void> =>
    act(template.id, async () => {
      preparing.value = template.id
      const { data, problem } = await tellServer(prepareRunMutation, { templateId: template.id })
      if (problem === null) await router.push(`/runs/${data.prepareRun.id}`)
      else failed.value = { title: `No run of “${template.name}” could be prepared`, problem, toOpen: template.id }
    })

  const preparePools = (template: TemplateRow): Promise<void> =>
    act(template.id, async () => {
      const { data, problem } = await tellServer(preparePoolsMutation, { templateId: template.id })
      if (problem === null) showPools(template.id, data.preparePools)
      else failed.value = { title: `The value pools of “${template.name}” could not be prepared`, problem }
    })

  const duplicate = (template: TemplateRow): Promise<void> =>
    act(template.id, async () => {
      const { data, problem } = await tellServer(duplicateTemplateMutation, { id: template.id })
      if (problem !== null) {
        failed.value = { title: `“${template.name}” could not be duplicated`, problem }
        return
      }
      await refresh()
      toasts.show({ title: 'Template duplicated', text: `The copy is called “${data.duplicateTemplate.name}”.`, tone: 'success' })
    })

  const confirmRemoval = async (template: TemplateRow): Promise<boolean> => {
    const runs = template.usageCount === 0 ? 'It has no runs.' : `Its ${runsText(template.usageCount)} stay in the history.`
    try {
      await ElMessageBox.confirm(
        `The template “${template.name}” is removed for everyone and cannot be brought back. ${runs}`,
        'Delete this template?',
        {
          confirmButtonText: 'Delete template',
          cancelButtonText: 'Keep it',
          confirmButtonType: 'danger',
          autofocus: false,
        },
      )
      return true
    } catch {
      return false
    }
  }
  const remove = async (template: TemplateRow): Promise<void> => {
    if (!(await confirmRemoval(template))) return
    await act(template.id, async () => {
      const { problem } = await tellServer(deleteTemplateMutation, { id: template.id })
      if (problem !== null) failed.value = { title: `“${template.name}” could not be deleted`, problem }
      await refresh()
    })
  }
  return { busyWith, preparing, failed, run, preparePools, duplicate, remove }
}
