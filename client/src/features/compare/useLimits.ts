import { onScopeDispose, shallowRef, watch } from 'vue'
import { askServer } from '../../api/askServer.ts'
import { compareLimitsQuery } from '../../api/documents/compareDocuments.ts'
import type { RunBand } from '../../ui/charts/runLinesTypes.ts'
import { limitBands } from './chartFacts.ts'
import type { RunStretch } from './timeWindow.ts'

const MOST_POINTS = 900

/** Where the load generators could have been the limit; read when it is to be seen. */
export const useLimits = (stretches: () => readonly RunStretch[], isWanted: () => boolean) => {
  const bands = shallowRef<ReadonlyMap<string, readonly RunBand[]>>(new Map())
  let turn = 0
  watch(
    () => (isWanted() ? JSON.stringify(stretches()) : ''),
    async now => {
      const mine = ++turn
      if (now === '') return
      for (const stretch of stretches()) {
        const { data } = await askServer(compareLimitsQuery, { id: stretch.runId, maxPoints: MOST_POINTS })
        if (mine !== turn) return
        const found = limitBands(data?.run?.history ?? [], stretch.startsAt)
        bands.value = new Map([...bands.value, [stretch.runId, found]])
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    turn++
  })
  return (runId: string): readonly RunBand[] => bands.value.get(runId) ?? []
}
