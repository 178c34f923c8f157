import { ref, shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import { type Answer, tellServer } from '../../api/askServer.ts'
import { prepareRunMutation, startRunMutation, stopRunMutation } from '../../api/documents/runCommands.ts'
import type { ServerProblem } from '../../api/serverProblem.ts'
import { useLiveRun } from '../../stores/liveRun.ts'

interface FailedCommand {
  readonly title: string
  readonly problem: ServerProblem
}

/** Start, stop and run again. The page shows what the server says about the run afterwards, never what was hoped for. */
export const useRunActions = (runId: () => string) => {
  const router = useRouter()
  const live = useLiveRun()
  const isBusy = ref(false)
  const isStopOpen = ref(false)
  const failed = shallowRef<FailedCommand | null>(null)

  const command = async <Data>(title: string, send: () => Promise<Answer<Data>>, then: (data: Data) => unknown): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    failed.value = null
    const { data, problem } = await send()
    if (problem === null) await then(data)
    else failed.value = { title, problem }
    isBusy.value = false
  }

  return {
    isBusy,
    isStopOpen,
    failed,
    start: () => command('The run could not be started', () => tellServer(startRunMutation, { id: runId() }), live.load),
    stop: (reason: string | null) =>
      command('The run could not be stopped', () => tellServer(stopRunMutation, { id: runId(), reason }), live.load).then(() => {
        isStopOpen.value = false
      }),
    again: () =>
      command(
        'A new run could not be prepared',
        () => tellServer(prepareRunMutation, { templateId: live.detail?.templateId ?? '' }),
        data => router.push(`/runs/${data.prepareRun.id}`),
      ),
  }
}
