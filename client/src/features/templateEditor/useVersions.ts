import { ElMessageBox } from 'element-plus'
import { nextTick, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { askServer } from '../../api/askServer.ts'
import { type TemplateVersion, templateVersionQuery, templateVersionsQuery } from '../../api/documents/templateVersionDocuments.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { draftOf } from '../../stores/newDraft.ts'
import { useTemplateDraft } from '../../stores/templateDraft.ts'

/** The versions of the template that is edited, newest first, and how one of them is taken over. */
export const useVersions = () => {
  const router = useRouter()
  const store = useTemplateDraft()
  const versions = shallowRef<readonly TemplateVersion[] | null>(null)
  const problem = shallowRef<ServerProblem | null>(null)
  const restoring = ref<number | null>(null)

  const read = async (id: string): Promise<void> => {
    const answer = await askServer(templateVersionsQuery, { id })
    if (store.saved?.id !== id) return
    problem.value = answer.problem
    if (answer.problem === null) versions.value = answer.data.template?.versions ?? []
  }
  watch(
    () => store.saved,
    (saved, before) => {
      if (saved?.id !== before?.id) versions.value = null
      if (saved !== null) void read(saved.id)
    },
    { immediate: true },
  )

  const takeOver = async (id: string, version: number): Promise<void> => {
    const { data, problem: failure } = await askServer(templateVersionQuery, { id })
    problem.value = failure
    const old = data?.template?.versions.find(each => each.version === version)
    if (old === undefined || store.saved?.id !== id) return
    await router.replace({ path: `/templates/${id}` })
    // The page reads the newest version for an address without one: the one that is taken over comes after it.
    await nextTick()
    await store.load(id)
    if (store.saved?.id !== id || store.loadProblem !== null) return
    store.draft = draftOf(old.template)
  }
  const wouldLose = (): boolean => store.isDirty && store.oldVersion === null
  const confirmLoss = async (version: number): Promise<boolean> => {
    try {
      await ElMessageBox.confirm(`What you changed is not saved: version ${version} would take its place.`, 'Give up your changes?', {
        confirmButtonText: `Take version ${version}`,
        cancelButtonText: 'Keep my changes',
        confirmButtonType: 'danger',
        autofocus: false,
      })
      return true
    } catch {
      return false
    }
  }
  /** Puts the settings of a version into the form, to be saved as the newest. */
  const restore = async (version: number): Promise<void> => {
    const id = store.saved?.id
    if (id === undefined || restoring.value !== null) return
    if (wouldLose() && !(await confirmLoss(version))) return
    restoring.value = version
    await takeOver(id, version)
    restoring.value = null
  }
  return { versions, problem, restoring, restore }
}
