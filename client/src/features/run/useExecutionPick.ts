import { computed, provide } from 'vue'
import { useRouter } from 'vue-router'
import { executionsPath } from '../../stores/executionView.ts'
import { useLiveRun } from '../../stores/liveRun.ts'
import { MOMENT_PICK } from '../../ui/charts/momentPick.ts'
import { pickedInterval, pickedPart } from './pickedInterval.ts'

/** From any moment of the charts of a run that is over to the executions that ended then. */
export const useExecutionPick = (runId: () => string): void => {
  const router = useRouter()
  const live = useLiveRun()
  provide(MOMENT_PICK, {
    isOn: computed(() => live.isOver),
    open: (seconds, part) => {
      const interval = pickedInterval(live.points, seconds)
      if (interval !== null) void router.push(executionsPath(runId(), { ...interval, ...pickedPart(part), counted: true }))
    },
  })
}
