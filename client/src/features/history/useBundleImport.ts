import { onScopeDispose, ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { tellServer } from '../../api/askServer.ts'
import { importRunMutation } from '../../api/documents/runListDocuments.ts'
import { sendBundle } from '../../api/sendBundle.ts'
import { useSession } from '../../stores/session.ts'
import { useToasts } from '../../stores/toasts.ts'

/** A bundle on its way: being sent, or, once all of it is, being read in by the server. */
export interface ImportUnderWay {
  readonly name: string
  readonly bytes: number
  /** From 0 to 1. */
  readonly sentRate: number
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** Why it failed, and the run that is here already, where that is why. */
export interface ImportProblem {
  readonly text: string
  readonly runId: string | null
}

/** Brings in a bundle that was picked or dropped onto the page, and goes to its run; one at a time. */
export const useBundleImport = () => {
  const router = useRouter()
  const session = useSession()
  const toasts = useToasts()
  const underWay = shallowRef<ImportUnderWay | null>(null)
  const problem = shallowRef<ImportProblem | null>(null)
  const isOver = ref(false)
  let isHere = true

  const bringIn = async (file: File): Promise<void> => {
    const reason = session.whyNot('OPERATOR')
    if (reason !== null) {
      problem.value = { text: reason, runId: null }
      return
    }
    if (underWay.value !== null) return
    problem.value = null
    const show = (sentRate: number): void => {
      underWay.value = { name: file.name, bytes: file.size, sentRate }
    }
    show(0)
    const sent = await sendBundle(file, show)
    if (sent.problem !== null) problem.value = { text: sent.problem, runId: null }
    else {
      show(1)
      const { data, problem: refusal } = await tellServer(importRunMutation, { file: sent.file })
      if (refusal !== null) problem.value = { text: refusal.text, runId: refusal.runId ?? null }
      else if (isHere) await router.push(`/runs/${data.importRun.id}`)
      else toasts.show({ title: 'Run imported', text: `${file.name} is in the list of runs.`, tone: 'success' })
    }
    underWay.value = null
  }
  const dropped = (event: DragEvent): void => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    isOver.value = false
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) void bringIn(file)
  }
  const hovering = (event: DragEvent): void => {
    if (!holdsFiles(event)) return
    event.preventDefault()
    isOver.value = true
  }
  const left = (event: DragEvent): void => {
    if (event.relatedTarget === null) isOver.value = false
  }
  window.addEventListener('dragover', hovering)
  window.addEventListener('dragleave', left)
  window.addEventListener('drop', dropped)
  onScopeDispose(() => {
    isHere = false
    window.removeEventListener('dragover', hovering)
    window.removeEventListener('dragleave', left)
    window.removeEventListener('drop', dropped)
  })
  return {
    underWay,
    problem,
    isOver,
    bringIn,
    forget: (): void => {
      problem.value = null
    },
  }
}
