import { ElMessageBox } from 'element-plus'
import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { type Answer, tellServer } from '../api/askServer.ts'
import {
  annotateRunMutation,
  deleteRunMutation,
  exportRunMutation,
  type RerunFrom,
  rerunMutation,
  restoreRunMutation,
} from '../api/documents/keepingDocuments.ts'
import type { ExportChoice } from '../api/exportChoices.ts'
import { saveFrom } from '../ui/parts/saveFile.ts'
import type { Annotation } from '../ui/words/annotation.ts'
import type { FieldProblem } from '../ui/words/problems.ts'
import { useToasts } from './toasts.ts'

/** As much of a run as it takes to keep it. */
export interface KeptRun {
  readonly id: string
  readonly name: string
  readonly number: number
  readonly isBaseline: boolean
}

export type Deed = 'ANNOTATED' | 'PINNED' | 'DELETED' | 'RESTORED'

/**
 * What a reader does with a run: name it, pin it, repeat it, carry it away, or put it out of sight; one thing at a time. `done` reads anew
 * what is shown: never what was hoped for, but what the server says afterwards.
 */
export const useRunKeeping = (done: (run: KeptRun, deed: Deed) => unknown) => {
  const router = useRouter()
  const toasts = useToasts()
  const isBusy = ref(false)

  const findings = shallowRef<readonly FieldProblem[]>([])

  /** `told`: whether it takes the server's findings on itself. */
  const tell = async <Data>(
    title: string,
    send: () => Promise<Answer<Data>>,
    then: (data: Data) => unknown,
    told: (details: readonly FieldProblem[]) => boolean = () => false,
  ): Promise<boolean> => {
    if (isBusy.value) return false
    isBusy.value = true
    const { data, problem } = await send()
    if (problem === null) await then(data)
    else if (!told(problem.details)) toasts.show({ title, text: problem.text, tone: 'error' })
    isBusy.value = false
    return problem === null
  }
  const isSure = async ({ name, number }: KeptRun): Promise<boolean> => {
    try {
      await ElMessageBox.confirm(
        'It disappears from all lists. What was measured stays, and the run can be restored from its page or from the list of deleted runs.',
        `Delete ${name} #${number}?`,
        { confirmButtonText: 'Delete the run', cancelButtonText: 'Keep it', confirmButtonClass: 'el-button--danger', autofocus: false },
      )
      return true
    } catch {
      return false
    }
  }

  return {
    isBusy,
    /** What was wrong with what one wrote last, with the path of its field. */
    findings,
    annotate: (run: KeptRun, { tags, annotation }: Annotation) =>
      tell(
        'Tags and note could not be saved',
        () => tellServer(annotateRunMutation, { id: run.id, tags: [...tags], annotation }),
        () => done(run, 'ANNOTATED'),
        details => {
          findings.value = details
          return details.length > 0
        },
      ),
    pin: (run: KeptRun) =>
      tell(
        'The run could not be pinned',
        () => tellServer(annotateRunMutation, { id: run.id, isBaseline: !run.isBaseline }),
        () => done(run, 'PINNED'),
      ),
    rerun: ({ id }: KeptRun, from: RerunFrom) =>
      tell(
        'A new run could not be prepared',
        () => tellServer(rerunMutation, { id, from }),
        data => router.push(`/runs/${data.rerun.id}`),
      ),
    remove: async (run: KeptRun): Promise<void> => {
      if (!(await isSure(run))) return
      await tell(
        'The run could not be deleted',
        () => tellServer(deleteRunMutation, { id: run.id }),
        () => done(run, 'DELETED'),
      )
    },
    restore: (run: KeptRun) =>
      tell(
        'The run could not be restored',
        () => tellServer(restoreRunMutation, { id: run.id }),
        () => done(run, 'RESTORED'),
      ),
    exportAs: ({ id }: KeptRun, { format, executions }: ExportChoice) =>
      tell(
        'The run could not be exported',
        () => tellServer(exportRunMutation, { id, format, executions }),
        ({ exportRun }) => saveFrom(exportRun.url, exportRun.name),
      ),
  }
}
