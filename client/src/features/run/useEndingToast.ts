import { watch } from 'vue'
import { useLiveRun } from '../../stores/liveRun.ts'
import { isTerminal } from '../../stores/runState.ts'
import { useServerClock } from '../../stores/serverClock.ts'
import { useToasts } from '../../stores/toasts.ts'
import { endingOf } from './endingWords.ts'

const JUST_NOW_MS = 60_000

/** Tells once why a run failed or was cut short, when that happens under the reader's eyes or happened in the last minute. */
export const useEndingToast = (): void => {
  const live = useLiveRun()
  const clock = useServerClock()
  const toasts = useToasts()

  watch(
    () => live.state,
    (state, before) => {
      if (state === null || live.detail === null || !isTerminal(state.status) || before?.status === state.status) return
      const sawItEnd = before !== null && before !== undefined
      const endedAtMs = state.timing.endedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(state.timing.endedAt)
      if (!sawItEnd && clock.nowMs - endedAtMs > JUST_NOW_MS) return
      const ending = endingOf(state)
      if (ending === null) return
      toasts.showOnce(`${live.detail.id} ended`, {
        title: `${live.detail.name} #${live.detail.number}`,
        text: `${ending.title}: ${ending.sentence}`,
        tone: ending.tone === 'bad' ? 'error' : 'warning',
      })
    },
  )
}
